#!/usr/bin/env python3
"""Plain connections take every descriptor of the partner port; the node comes back by itself."""
import os
import socket
import time

from daemon import expect, expect_equal, run, step, until

LIMIT = 512  # descriptors of the daemon
CONNECTIONS = 700
HELD = 5  # seconds
BACK = 30  # seconds after their end, within which partners are answered again


def descriptors_used_up(circle):
    a = circle.node("A", start=False).start(descriptors=LIMIT)
    b = circle.node("B")
    circle.pair(a, b)
    asked = iter(range(1000, 9999))

    def answered():
        return b.partner_state(f"0813-5555-{next(asked)}", a.origin)["state"] == "answered"
    until(answered, BACK, "A answers before anything happened")

    step(f"{CONNECTIONS} connections that say nothing")
    held = []
    for _ in range(CONNECTIONS):
        connection = socket.socket()
        connection.settimeout(2)
        held.append(connection)
        try:
            connection.connect(("127.0.0.1", a.peer_port))
        except OSError:  # the queue of the port is full
            pass
    most, tried, served = 0, 0, 0
    end = time.monotonic() + HELD
    while time.monotonic() < end:
        most = max(most, len(os.listdir(f"/proc/{a.process.pid}/fd")))
        # The shop's own commands work, or are refused with a word; they do not hang.
        result = a.daftar("status", "--timeout", "20", code=(0, 69, 75))
        expect(result.code == 0 or result.err, f"refused without a word: {result}")
        tried += 1
        served += result.code == 0
    print(f"   A had {most} of {LIMIT} descriptors open and served {served} of {tried} commands")
    expect(tried > 0 and a.running(), "A must go on")
    expect(most > LIMIT // 2, f"the attack took only {most} descriptors: it proves nothing")
    expect(most <= LIMIT - 32, f"no descriptors were left for the node itself: {most}")

    step("they end")
    for connection in held:
        connection.close()
    began = time.monotonic()
    until(lambda: a.daftar("status", "--timeout", "20", code=None).code == 0, BACK,
          "A answers its own shop again")
    until(answered, BACK, "A answers its partner again")
    print(f"   answered after {time.monotonic() - began:.1f} s")
    incident = a.report("0812-3456-7890")
    a.published(incident)
    until(lambda: b.check("0812-3456-7890").code >= 10, BACK, "B learns of a new report")
    expect_equal(a.status()["problems"], [], "problems of A")


run(descriptors_used_up)
