#!/usr/bin/env python3
"""What a node does when its directory is not what it was: says so in words, and signs nothing."""
import shutil
import urllib.error
import urllib.request

from daemon import (ACCEPT, DEPOSIT, PREPAY, REVIEW, expect, expect_equal, expect_in, run, step,
                    until)

PHONE = "0812-3456-7890"
LOOKS = 15  # at a node that must do nothing; each takes longer than a tick
SOON = 30  # seconds


def fast(circle):
    return circle.charter("fast.toml", ("tick_ms = 1000", "tick_ms = 100"))


def readiness(node):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{node.http_port}/readyz", timeout=10) as got:
            return got.status
    except urllib.error.HTTPError as error:
        return error.code


def signs_nothing(a, b, words):
    """A is up, says what is wrong, answers checks, and neither signs nor shows a head."""
    copy = b.entries(a.origin)
    status = a.status()
    expect_equal(status["signing"], False, f"signing: {status}")
    problems = " ".join(status["problems"])
    for word in words:
        expect_in(word, problems, "what the status says")
        expect_in(word, a.log_text(), "what the log says")
    expect_in("NEEDS YOU", a.daftar("status").out, "the status in words")
    expect_equal(readiness(a), 503, "/readyz")
    # Its own shop is served, and so are its partners' questions.
    expect(a.check("0813-1111-2222").code in (ACCEPT, DEPOSIT, PREPAY, REVIEW), "a check at A")
    asked = iter(range(1000, 9999))
    until(lambda: b.partner_state(f"0813-5555-{next(asked)}", a.origin)["state"] == "answered",
          SOON, "A answers B's questions")
    mark = (a.directory / "high-water")
    before = mark.read_bytes() if mark.exists() else None
    added = a.ask("incident", "add", "--reason", "deposit-unsettled", "--phone", "0812-7777-6666",
                  "--amount", "900000", "--currency", "IDR", "--occurred", "2026-10-02")
    a.daftar("incident", "publish", added["id"], code=None)
    for _ in range(LOOKS):
        head = a.daftar("log", "head", code=None)
        expect(head.code >= 64, f"a head is shown: {head}")
        expect_equal(a.ask("incident", "show", added["id"])["log_index"], None, "in the log")
    expect_equal(mark.read_bytes() if mark.exists() else None, before, "the high-water file")
    expect_equal(b.entries(a.origin), copy, "B's copy of A's log")
    trouble = b.partner(a.origin)["trouble"]
    expect(trouble is None, f"B accuses A: {trouble}")


def two_nodes(circle):
    charter = fast(circle)
    a, b = circle.node("A", charter=charter), circle.node("B", charter=charter)
    circle.pair(a, b)
    a.published(a.report(PHONE))
    return a, b


def caught_up(a, b):
    size = a.head()["size"]
    until(lambda: len(b.entries(a.origin)) == size, SOON, "B has all of A's log")


def an_older_database(circle):
    a, b = two_nodes(circle)
    caught_up(a, b)
    a.stop()
    database, older, newest = (a.directory / "db", circle.folder / "older",
                               circle.folder / "newest")
    shutil.copytree(database, older)
    a.start()
    for number in range(3):
        a.published(a.report(f"0812-4444-{1000 + number}"))
    head = a.head()
    caught_up(a, b)
    a.stop()

    step("an older copy of the database")
    shutil.move(database, newest)
    shutil.copytree(older, database)
    a.start()
    signs_nothing(a, b, ["3 entries", "6 have been signed"])
    a.restart()
    signs_nothing(a, b, ["6 have been signed"])
    a.stop()

    step("the newest again")
    shutil.rmtree(database)
    shutil.copytree(newest, database)
    a.start()
    expect_equal(a.status()["signing"], True, "signing")
    now = a.head()
    expect_equal((now["size"], now["root"]), (head["size"], head["root"]), "the head")
    a.published(a.report("0812-4444-2000"))
    caught_up(a, b)
    a.stop()

    step("an emptied database directory, and none")
    for path in database.iterdir():
        path.unlink()
    code, words = a.refuses_to_start()
    expect_in("db", words, "what the daemon says")
    expect_equal(list(database.iterdir()), [], "files in the emptied directory")
    database.rmdir()
    code, words = a.refuses_to_start()
    expect_equal(code, 66, "exit code without a database")
    expect_in("no database", words, "what the daemon says")
    expect(not database.exists(), "a new database was made")


def without_its_write_ahead_log(circle):
    a, b = two_nodes(circle)
    for number in range(3):
        a.published(a.report(f"0812-4444-{1000 + number}"))
    size = a.head()["size"]
    caught_up(a, b)
    a.kill()
    gone = sorted((a.directory / "db").glob("*.log"))
    expect(gone, "the database has no write-ahead log to delete")
    for path in gone:
        path.unlink()
    # The log was begun in it, so that everything is gone or the database does not open.
    a.start(wait=False)
    ended = until(lambda: a.daftar("status", code=None).code == 0 and "up"
                  or not a.running() and "ended", SOON, "A is up or has ended")
    print(f"   the daemon {'refused to start' if ended == 'ended' else 'started'}")
    words = a.log_text()
    if ended == "ended":
        expect(a.process.returncode > 0, f"exit code {a.process.returncode}")
        expect("database" in words and str(a.directory) in words, f"in words: {words}")
    else:
        status = a.status()
        expect_equal(status["signing"], False, f"signing: {status}")
        expect_in(f"{size} have been signed", " ".join(status["problems"]), "status")
        expect(a.daftar("log", "head", code=None).code >= 64, "a head is shown")
        expect(a.check("0813-1111-2222").code in (ACCEPT, DEPOSIT, PREPAY, REVIEW), "a check")
    expect_equal(len(b.entries(a.origin)), size, "entries of A at B")


def without_its_high_water_file(circle):
    a, b = two_nodes(circle)
    caught_up(a, b)
    a.stop()
    mark, aside = a.directory / "high-water", circle.folder / "aside"
    shutil.move(mark, aside)
    step("missing")
    a.start()
    signs_nothing(a, b, ["high-water", "missing"])
    a.stop()
    expect(not mark.exists(), "a new high-water file was made")
    step("damaged")
    content = bytearray(aside.read_bytes())
    content[len(content) // 2] ^= 1
    mark.write_bytes(content)
    a.start()
    signs_nothing(a, b, ["high-water", "damaged"])
    a.stop()
    step("back")
    shutil.copy(aside, mark)
    a.start()
    expect_equal(a.status()["signing"], True, "signing")
    a.published(a.report("0812-4444-2000"))
    caught_up(a, b)


def two_daemons_on_one_directory(circle):
    a = circle.node("A")
    code, words = a.refuses_to_start()
    expect_equal(code, 78, "exit code of the second daemon")
    expect_in(f"in use by process {a.process.pid}", words, "what it says")
    expect_equal(a.status()["signing"], True, "the first goes on")
    a.published(a.report(PHONE))
    step("after kill -9 nothing has to be cleaned up")
    a.kill()
    a.start()
    expect_equal(a.head()["size"], 3, "size of the log")
    step("the port is taken")
    other = circle.node("B", start=False)
    config = other.directory / "config.toml"
    config.write_text(config.read_text().replace(str(other.peer_port), str(a.peer_port)))
    code, words = other.refuses_to_start()
    expect_in(str(a.peer_port), words, "what a daemon says whose port is taken")


def passphrases(circle):
    right, wrong = circle.folder / "right", circle.folder / "wrong"
    right.write_text("correct horse battery staple\n")
    wrong.write_text("incorrect horse battery staple\n")
    for path in (right, wrong):
        path.chmod(0o600)
    a = circle.node("A", start=False, init=("--passphrase-file", right))
    expect(not (a.directory / "unlock").exists(), "an unlock file beside a passphrase")
    keystore = (a.directory / "keystore").read_bytes()
    code, words = a.refuses_to_start("--passphrase-file", wrong)
    expect_equal(code, 77, "exit code under a wrong passphrase")
    expect_in("passphrase", words, "what the daemon says")
    expect("incorrect horse" not in words, "it repeats the passphrase")
    _, words = a.refuses_to_start()
    expect_in("passphrase", words, "what it says without one")
    right.chmod(0o644)
    _, words = a.refuses_to_start("--passphrase-file", right)
    expect_in("chmod", words, "what it says of a file that others can read")
    right.chmod(0o600)
    step("a damaged keystore")
    damaged = bytearray(keystore)
    damaged[len(damaged) // 2] ^= 1
    (a.directory / "keystore").write_bytes(damaged)
    code, words = a.refuses_to_start("--passphrase-file", right)
    expect_equal(code, 65, "exit code with a damaged keystore")
    expect_in("damaged", words, "what the daemon says")
    step("the right one")
    (a.directory / "keystore").write_bytes(keystore)
    a.start("--passphrase-file", right)
    expect_equal((a.status()["signing"], a.status()["notices"]), (True, []), "status")
    step("nothing in a directory that is no node")
    empty = circle.node("B", start=False)
    shutil.rmtree(empty.directory)
    empty.directory.mkdir()
    code, words = empty.refuses_to_start()
    expect_equal(code, 66, "exit code")
    expect_in("daftar init", words, "what it says")


def another_charter(circle):
    a = circle.node("A")
    a.report(PHONE)
    a.stop()
    charter = a.directory / "charter.toml"
    before = charter.read_bytes()
    charter.write_bytes(before.replace(b"stale_after_s = 3600", b"stale_after_s = 3601"))
    code, words = a.refuses_to_start()
    expect_equal(code, 78, "exit code with another charter")
    expect_in("charter.toml is no charter", words, "why it does not start")
    charter.write_bytes(before)
    a.start()
    expect_equal(a.status()["signing"], True, "signing with its own charter again")


run(an_older_database, without_its_write_ahead_log, without_its_high_water_file,
    two_daemons_on_one_directory, passphrases, another_charter)
