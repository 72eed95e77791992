#!/usr/bin/env python3
"""Suspension, removal and pairing codes: they take effect at once and without a restart."""
import base64
import hashlib
import time

from daemon import (Recorder, expect, expect_equal, expect_in, run, step, until)

PHONE = "0812-3456-7890"
SOON = 20  # seconds
PREFIX = "daftar1-"


def open_code(code):
    """The bytes that a code carries, without its checksum."""
    text = code[len(PREFIX):]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[:-4]


def make_code(payload):
    """A code with a checksum that fits: damage is one thing, forgery another."""
    check = hashlib.sha256(b"daftar/invite/v1" + payload).digest()[:4]
    return PREFIX + base64.urlsafe_b64encode(payload + check).decode().rstrip("=")


def places(payload):
    """Where the secret and the time of expiry stand in it."""
    endpoint = int.from_bytes(payload[:2], "big")
    secret = 2 + endpoint + 32
    return secret, secret + 16


def removed_while_connected(circle):
    recorder = Recorder(circle)
    a = circle.node("A", advertise=recorder.port)
    b, c = circle.node("B"), circle.node("C")
    recorder.target = ("127.0.0.1", a.peer_port)
    code = circle.invite(a)
    b.daftar("partner", "join", code)
    circle.connected(a, b)
    circle.connected(b, a)
    circle.pair(a, c)
    asked = iter(range(1000, 9999))

    def fresh():
        return f"0813-5555-{next(asked)}"

    def state_at_b(wanted):
        def look():
            row = b.partner_state(fresh(), a.origin)
            return row if row["state"] == wanted else None
        return until(look, SOON, f"B says '{wanted}' of A")
    state_at_b("answered")
    first = a.report(PHONE)
    until(lambda: b.check(PHONE).code >= 10, SOON, "B knows of the first report")

    step("suspended: the stream ends, nothing is evaluated, nothing arrives")
    a.refused("partner", "suspend", b.origin)
    a.refused("partner", "suspend", "toko-x.test", "--because", "no such partner")
    expect_equal(a.ask("partner", "suspend", b.origin, "--because", "a quarrel")["state"],
                 "suspended", "state")
    row = state_at_b("not_checked")
    expect(row["reason"], f"without a reason: {row}")

    def stream_ended():
        shown = b.partner(a.origin)
        return shown["connection"] != "connected" and shown
    shown = until(stream_ended, SOON, "B sees that its stream from A ended")
    expect(shown["connection"], f"without words: {shown}")
    second = a.report("0812-9999-8888")
    a.published(second)
    until(lambda: len(c.entries(a.origin)) == 4, SOON, "C, not suspended, has the second report")
    expect_equal(len(b.entries(a.origin)), 3, "entries of A at B while suspended")
    expect_equal(c.partner_state(fresh(), a.origin)["state"], "answered", "A's state at C")

    step("resumed, without any restart")
    a.daftar("partner", "resume", b.origin, "--because", "made up")
    state_at_b("answered")
    circle.connected(b, a)
    until(lambda: b.check("0812-9999-8888").code >= 10, SOON, "B has what it missed")

    step("the connection is cut again and again; the stream resumes")
    for cut in range(3):
        recorder.drop()
        incident = a.report(f"0812-4444-{cut:04}")
        index = a.published(incident)["log_index"]
        until(lambda wanted=index: len(b.entries(a.origin)) > wanted, SOON,
              f"B follows again after cut {cut}")

    step("removed: for good")
    expect_equal(a.ask("partner", "remove", b.origin, "--because", "left")["state"], "removed",
                 "state")
    state_at_b("not_checked")
    until(stream_ended, SOON, "B sees that its stream from A ended")
    words = a.refused("partner", "resume", b.origin, "--because", "changed my mind").message
    expect_in("pair again", words, "what to do after a removal")
    a.restart()
    state_at_b("not_checked")
    # The code that B paired with is no way back in, even while another invite is open.
    circle.invite(a)
    b.refused("partner", "join", code)
    expect_equal(a.partner(b.origin)["state"], "removed", "B at A after joining with its old code")
    a.daftar("incident", "withdraw", first, "--because", "a mistake")
    a.daftar("partner", "list")

    step("paired again, it goes on")
    circle.pair(a, b)
    state_at_b("answered")
    until(lambda: b.check(PHONE).code == 0, SOON, "B learns of what happened meanwhile")


def codes_that_do_not_pair(circle):
    a, b, c = (circle.node(letter) for letter in "ABC")
    short = circle.invite(a, "--valid-for", "60s")
    short_until = time.monotonic() + 61

    step("a code pairs once")
    code = circle.invite(a)
    broken = f"{code[:20]}\n{code[20:60]}  {code[60:]}\n"  # as mail programs leave it
    expect_equal(b.daftar("partner", "join", "-", "--output", "json", stdin=broken).json["origin"],
                 a.origin, "partner")
    expect_in("was used", c.refused("partner", "join", code).message,
              "a code used twice")
    b.daftar("partner", "join", code)  # its answer may have been lost: the same node may repeat
    expect_equal(c.ask("partner", "list")["partners"], [], "partners of C")
    expect_in("own", a.refused("partner", "join", circle.invite(a)).message, "the own code")

    step("damaged and forged codes")
    code = circle.invite(a)
    payload = open_code(code)
    expect_equal(make_code(payload), code, "a code taken apart and put together")
    for name, wrong in {"cut": code[:-1], "changed": code[:40] + ("A" if code[40] != "A" else "B")
                        + code[41:], "no prefix": code[len(PREFIX):], "empty": "", "words":
                        "hello", "long": PREFIX + "A" * 4000, "not base64": PREFIX + "%%%%",
                        "prefix": PREFIX, "cut payload, right checksum": make_code(payload[:-1]),
                        "more payload": make_code(payload + b"\x00")}.items():
        result = c.refused("partner", "join", "--", wrong)
        expect(result.code in (64, 65), f"{name}: exit code {result.code}: {result}")
        expect("code" in result.message, f"{name}: no word of the code: {result}")
    secret, expiry = places(payload)
    past = payload[:expiry] + int(time.time() - 10).to_bytes(8, "big") + payload[expiry + 8:]
    expect_in("expired", c.refused("partner", "join", make_code(past)).message, "a code of old")
    guessed = payload[:secret] + b"\x01" * 16 + payload[secret + 16:]
    expect_in("unknown", c.refused("partner", "join", make_code(guessed)).message,
              "a guessed secret")
    other_pin = payload[:secret - 32] + b"\x02" * 32 + payload[secret:]
    words = c.refused("partner", "join", make_code(other_pin)).message
    expect_in("127.0.0.1", words, "a node under another certificate than the code's")
    for node in (a, c):
        expect(c.origin not in str(node.ask("partner", "list")), f"{node.letter} paired with C")
    c.daftar("partner", "join", code)  # none of it used the code up

    step("another charter")
    other = circle.charter("other.toml", ("stale_after_s = 3600", "stale_after_s = 3601"))
    d = circle.node("D", charter=other)
    words = d.refused("partner", "join", circle.invite(a)).message
    for node in (a, d):
        expect_in(node.status()["charter"], words, "the hash of each charter")
    strange = circle.charter("strange.toml", (
        'circle = "6f2c1d0a94b8e35711c7a05be24f8d63"', f'circle = "{"ab" * 16}"'))
    e = circle.node("E", charter=strange)
    words = e.refused("partner", "join", circle.invite(a)).message
    for node in (a, e):
        expect_in(node.status()["circle"], words, "the id of each circle")
    for node in (d, e):
        expect_equal(node.ask("partner", "list")["partners"], [], f"partners of {node.letter}")

    step("an expired code, also where the joiner's clock is behind")
    payload = open_code(short)
    _, expiry = places(payload)
    until(lambda: time.monotonic() > short_until, 70, "the short-lived code has expired")
    f = circle.node("F")
    expect_in("expired", f.refused("partner", "join", short).message, "an expired code")
    later = payload[:expiry] + int(time.time() + 9999).to_bytes(8, "big") + payload[expiry + 8:]
    expect_in("expired", f.refused("partner", "join", make_code(later)).message,
              "an expired code whose time was moved")
    expect(f.origin not in str(a.ask("partner", "list")), "A paired with F")


run(removed_while_connected, codes_that_do_not_pair)
