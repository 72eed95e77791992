#!/usr/bin/env python3
"""Who may do what: tokens by role, through DAFTAR_TOKEN; and what a node in test mode does."""
from daemon import (ACCEPT, DECLINE, DEPOSIT, PREPAY, REVIEW, expect, expect_equal, expect_in,
                    files_holding, run, step)

PHONE = "0812-3456-7890"
REFUSED = 77  # EX_NOPERM
ANY_ANSWER = (ACCEPT, DEPOSIT, PREPAY, REVIEW)


def by_role(circle):
    a = circle.node("A")
    step("users and their tokens")
    tokens = {}
    for name, role in (("sari", "staff"), ("budi", "manager"), ("oki", "operator"),
                       ("ayu", "auditor")):
        result = a.daftar("user", "add", name, "--role", role)
        tokens[role] = result.out.strip()
        expect_equal(len(result.out.split()), 1, "the token alone on standard output")
        expect(tokens[role] not in result.err, "the token stands in the words around it")
    expect_equal(len(set(tokens.values())), 4, "different tokens")
    a.refused("user", "add", "sari", "--role", "manager")
    a.refused("user", "add", "nobody", "--role", "king")
    listed = a.daftar("user", "list", "--output", "json")
    expect_equal({row["name"]: row["role"] for row in listed.json["users"]},
                 {"sari": "staff", "budi": "manager", "oki": "operator", "ayu": "auditor"},
                 "user list")
    for token in tokens.values():
        expect(token not in listed.out, "user list shows a token")

    step("what each may do, and what not")
    incident = a.ask("incident", "add", "--reason", "deposit-unsettled", "--phone", PHONE,
                     "--amount", "4500000", "--currency", "IDR", "--occurred", "2026-10-01",
                     token=tokens["staff"])
    expect_equal(incident["added_by"], "user:sari", "who filed it")
    receipt = a.check(PHONE, token=tokens["staff"]).json["receipt"]
    commands = {
        "check": ("check", "--phone", PHONE),
        "why": ("why", receipt),
        "incident list": ("incident", "list"),
        "incident show": ("incident", "show", incident["id"]),
        "customer add": ("customer", "add", "--name", "X", "--email", "x@mail.id"),
        "suggest": ("ledger", "suggest"),
        "status": ("status",),
        "partner list": ("partner", "list"),
        "record list": ("record", "list"),
        "log head": ("log", "head"),
        "log show": ("log", "show"),
        "invite": ("partner", "invite"),
        "user list": ("user", "list"),
        "user add": ("user", "add", "more", "--role", "staff"),
        "publish": ("incident", "publish", incident["id"]),
        "settle": ("incident", "settle", incident["id"], "--because", "paid"),
    }
    everybody = {"status", "log head"}
    allowed = {
        "staff": {"check", "why", "incident list", "incident show", "customer add", "suggest"},
        "manager": {"check", "why", "incident list", "incident show", "suggest", "log show",
                    "publish", "settle", "customer add", "partner list", "record list"},
        "auditor": {"why", "incident list", "incident show", "user list", "log show",
                    "partner list", "record list"},
        "operator": {"invite", "user list", "log show", "user add", "partner list"},
    }
    for role in ("staff", "auditor", "operator", "manager"):
        for name, command in commands.items():
            if role == "manager" and name == "customer add":
                continue  # the identifier has an owner by now
            result = a.daftar(*command, token=tokens[role], code=None)
            if name in allowed[role] | everybody:
                expect(result.code in ANY_ANSWER, f"{role} may {name}: {result}")
                if name == "publish":  # what is settled before the tick is never shared
                    a.published(incident["id"])
            else:
                expect_equal(result.code, REFUSED, f"exit code: {role} may not {name}: {result}")
                expect_in("needs the role", result.message, f"{role} may not {name}")
    shown = a.published(incident["id"])
    expect_in("user:budi", str(shown["history"]), "who published it")

    step("tokens that open nothing")
    for token in ("nonsense", tokens["staff"][:-1], tokens["staff"] + "x", "x" * 5000):
        expect_equal(a.refused("status", token=token).code, REFUSED, "exit code of a wrong token")
    a.refused("status", token="line\nbreak")
    expect_equal(a.status()["origin"], a.origin, "without a token the socket's uid counts")

    step("a removed user")
    a.refused("user", "remove", "sari")
    a.daftar("user", "remove", "sari", "--because", "left the shop")
    a.refused("user", "remove", "sari", "--because", "once more")
    expect_equal(a.refused("status", token=tokens["staff"]).code, REFUSED, "a removed user's token")
    a.restart()
    expect_equal(a.refused("status", token=tokens["staff"]).code, REFUSED, "after a restart")
    expect_equal(a.daftar("log", "show", token=tokens["auditor"]).code, 0, "others go on")

    step("no token stands in a file")
    needles = [part.encode() for token in tokens.values()
               for part in (token, token.split("_")[-1], token.split("-")[-1])]
    expect(all(len(needle) > 20 for needle in needles[::3]), f"lengths: {needles}")
    needles = [needle for needle in needles if len(needle) > 20]
    expect_equal(files_holding(circle.folder, needles), [], "tokens in files")
    a.stop()
    expect_equal(files_holding(circle.folder, needles), [], "tokens in files, stopped")
    (circle.folder / "planted").write_bytes(b"..." + tokens["staff"].encode() + b"...")
    expect(files_holding(circle.folder, needles), "a planted token is not found")


def in_test_mode(circle):
    a = circle.node("A", init=("--test-mode",))
    step("a node in test mode says so")
    expect_equal(a.status()["test_mode"], True, "test_mode")
    expect_equal(a.daftar("status").out.splitlines()[0], "TEST MODE", "the first line of status")
    expect_in("TEST MODE", a.log_text(), "the daemon's log")

    step("each test identifier")
    order = ("--amount", "4500000", "--currency", "IDR", "--terms", "credit")
    for name, effect, code in (("accept", "accept", ACCEPT), ("deposit", "deposit", DEPOSIT),
                               ("prepay", "prepay", PREPAY), ("review", "review", REVIEW),
                               ("decline", "decline", DECLINE), ("slow", "accept", ACCEPT)):
        address = f"{name}@test.daftar.invalid"
        answer = a.ask("check", "--email", address, *order, "--lang", "en", "--timeout", "30",
                       code=code)
        expect_equal((answer["effect"], answer["test"]), (effect, True), name)
        expect_in("TEST MODE: ", answer["because"], name)
    failed = a.refused("check", "--email", "error@test.daftar.invalid", *order)
    expect_in("always fails", failed.message, "error")
    expect_equal(a.check(PHONE).json["test"], False, "another identifier")

    step("no partners")
    expect_in("in test mode", a.refused("partner", "invite").message, "invite")
    b = circle.node("B")
    code = circle.invite(b)
    expect_in("in test mode", a.refused("partner", "join", code).message, "join")
    expect_in("in test mode only",
              b.refused("check", "--email", "accept@test.daftar.invalid", *order).message,
              "a test identifier outside of test mode")


run(by_role, in_test_mode)
