#!/usr/bin/env python3
"""Backups put back, disks cloned, files lost, crashes: with real daemons. After each no two histories of
the log are believed anywhere, and what was published is there again."""
import re
import shutil

from daemon import (Node, expect, expect_equal, expect_in, run, step, until)

SOON = 60  # seconds
PHONES = (f"0812-7{number:03}-7890" for number in range(1000))


def grow(node, reports=1):
    """Publishes reports and waits until they are in the log; answers the size."""
    for _ in range(reports):
        node.published(node.report(next(PHONES)), SOON)
    return node.head()["size"]


def copied(partner, node, size):
    """Waits until the partner holds the log up to this size, and says nothing against it."""
    def look():
        row = partner.partner(node.origin)
        return row["log_size"] >= size and not row["trouble"]
    until(look, SOON, f"{partner.letter} has {size} entries of {node.letter}")


def same_history(node, *partners):
    """Every partner's copy is the node's own log, leaf by leaf."""
    size = node.head()["size"]
    own = [entry["leaf_hash"] for entry in node.entries()]
    for partner in partners:
        copied(partner, node, size)
        theirs = [entry["leaf_hash"] for entry in partner.entries(node.origin)]
        expect_equal(theirs[:size], own[:size], f"{partner.letter}'s copy of {node.letter}'s log")


def back_up(node, folder):
    node.stop()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(node.directory, folder, ignore=shutil.ignore_patterns("daftar.sock"))
    node.start()


def put_back(node, folder, *names):
    for name in names:
        there = node.directory / name
        if there.is_dir():
            shutil.rmtree(there)
            shutil.copytree(folder / name, there)
        else:
            shutil.copy2(folder / name, there)


def silent(node, words):
    """It answers and signs nothing, and says why."""
    def look():
        status = node.status()
        return not status["signing"] and words in " ".join(status["problems"])
    until(look, SOON, f"{node.letter} is silent because of '{words}'")
    node.check("0812-0000-1111")
    added = node.ask("incident", "add", "--reason", "deposit-unsettled", "--phone", next(PHONES),
                     "--amount", "4500000", "--currency", "IDR", "--occurred", "2026-10-01")
    node.refused("incident", "publish", added["id"])


def recover(node, *arguments):
    return node.ask("log", "recover", "--because", "a drill", *arguments)


def drills(circle):
    a, b, c, d = (circle.node(letter) for letter in "ABCD")
    for first, second in ((a, b), (a, c), (a, d), (b, c), (b, d), (c, d)):
        circle.pair(first, second)
    others = (b, c, d)
    grow(a, 2)
    same_history(a, *others)
    backup = circle.folder / "backup"

    step("1: a second daemon on the directory is refused")
    code, words = a.refuses_to_start()
    expect_equal(code, 78, "exit code of the second daemon")
    expect_in("is in use by process", words, "what it says")
    grow(a)

    step("2: an older database is put back, the high-water file stays")
    back_up(a, backup)
    newest = grow(a, 2)
    same_history(a, *others)
    a.stop()
    put_back(a, backup, "db")
    a.start()
    silent(a, "have been signed")
    said = recover(a)
    expect_equal(said["log_size"], newest, "entries that are there again")
    grow(a)
    same_history(a, *others)

    step("3: an older directory is put back whole: the partners tell")
    back_up(a, backup)
    newest = grow(a, 2)
    same_history(a, *others)
    a.stop()
    put_back(a, backup, "db", "high-water")
    a.start()
    silent(a, "a partner holds a signed head")
    expect_equal(recover(a)["log_size"], newest, "entries that are there again")
    grow(a)
    same_history(a, *others)

    step("4: one of three partners is down meanwhile")
    back_up(a, backup)
    newest = grow(a)
    same_history(a, *others)
    d.stop()
    a.stop()
    put_back(a, backup, "db")
    a.start()
    silent(a, "have been signed")
    expect_equal(recover(a)["log_size"], newest, "entries that are there again")
    grow(a)
    d.start()
    same_history(a, *others)

    step("5: no partner answers: it waits for them and signs nothing")
    back_up(a, backup)
    newest = grow(a)
    same_history(a, *others)
    a.stop()
    put_back(a, backup, "db")
    for other in others:
        other.stop()
    a.start()
    silent(a, "have been signed")
    refused = a.refused("log", "recover", "--because", "a drill")
    expect_in("more than half of the partners", refused.message, "why it cannot")
    for other in others:
        other.start()
    expect_equal(recover(a)["log_size"], newest, "entries that are there again")
    grow(a)
    same_history(a, *others)

    step("6: the high-water file is lost, the database is kept")
    a.stop()
    (a.directory / "high-water").unlink()
    a.start()
    silent(a, "high-water file")
    recover(a)
    expect((a.directory / "high-water").exists(), "the file is there again")
    grow(a)
    same_history(a, *others)

    for number, lost in ((7, ("db",)), (8, ("db", "high-water"))):
        step(f"{number}: {' and '.join(lost)} lost")
        newest = a.head()["size"]
        a.stop()
        shutil.rmtree(a.directory / "db")
        if "high-water" in lost:
            (a.directory / "high-water").unlink()
        code, words = a.refuses_to_start()
        expect_in("--recover", words, "what it says without a database")
        a.start("--recover")
        refused = a.refused("log", "recover", "--because", "a drill")
        expect_in("--code", refused.message, "what an empty database needs")
        said = recover(a, "--code", circle.invite(b))
        expect_equal(said["log_size"], newest, "entries that are there again")
        expect_in("lost-database", " ".join(said["said"]), "what is lost")
        for other in others:
            circle.pair(other, a)
        if "high-water" in lost:
            silent(a, "the word of one partner")
            recover(a)
        grow(a)
        same_history(a, *others)
        # What nobody knows the customer of can still be made good.
        lost_one = a.ask("incident", "list")["incidents"][-1]
        shown = a.ask("incident", "show", lost_one["id"])
        if shown["state"] == "published":
            a.daftar("incident", "withdraw", lost_one["id"], "--ground", "other", "--because", "lost")

    step("9: killed again and again while it publishes")
    for _ in range(5):
        for _ in range(3):
            a.report(next(PHONES))
        a.kill()
        a.start()
    grow(a)
    same_history(a, *others)
    expect_equal(a.status()["problems"], [], "problems after the kills")

    step("10: the disk is cloned, and both copies run")
    a.stop()
    twin = Node(circle, "T", circle.folder / "T", circle.ports.take(), circle.ports.take())
    twin.origin = a.origin
    shutil.copytree(a.directory, twin.directory, ignore=shutil.ignore_patterns("daftar.sock"))
    config = (twin.directory / "config.toml").read_text()
    config = re.sub(str(a.peer_port), str(twin.peer_port), config)
    config = re.sub(str(a.http_port), str(twin.http_port), config)
    (twin.directory / "config.toml").write_text(config)
    circle.nodes.append(twin)
    a.start()
    grow(a, 2)
    same_history(a, *others)
    twin.start()
    silent(twin, "a partner holds a signed head")
    until(lambda: "a partner holds a signed head" in twin.log_text(), SOON,
          "the twin's log says that it stopped signing")
    grow(a)
    same_history(a, *others)
    for other in others:
        row = other.partner(a.origin)
        expect(not row["trouble"], f"{other.letter} holds against A: {row['trouble']}")
    twin.stop()


run(drills)
