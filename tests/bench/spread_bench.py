#!/usr/bin/env python3
"""How long a settlement, a dispute and a withdrawal take until every one of twenty live partners
states that it has durably applied it, and how long a new head takes from the tick that signed it until
it is served with the cosignatures of all: real daemons on this machine, paired with one issuer.

    DAFTAR=build/release/bin/daftar DAFTARD=build/release/bin/daftard \\
      python3 -B tests/bench/spread_bench.py [PARTNERS [ROUNDS [TICK_MS]]]

Measured from before the command is given to when `daftar incident show` first says that all have
applied the newest change, so the command's own start is in it. The head is measured from when `daftar
log head` first shows it to when it first shows it with all cosignatures. Prints each and the medians.
"""
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from daemon import expect, run, step, until  # noqa: E402

PARTNERS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
TICK_MS = int(sys.argv[3]) if len(sys.argv) > 3 else 1000


def everywhere(issuer, incident):
    shown = issuer.ask("incident", "show", incident)
    newest = shown["history"][-1]
    rows = newest.get("arrivals", [])
    return (newest["log_index"] is not None and len(rows) == PARTNERS
            and all(row["applied_at"] for row in rows))


def timed(issuer, incident, *command):
    before = time.monotonic()
    issuer.daftar("incident", *command)
    until(lambda: everywhere(issuer, incident), 180, f"{command[0]} at all partners")
    return time.monotonic() - before


def head_cosigned(issuer, phone):
    size = issuer.head()["size"]
    issuer.report(phone)
    until(lambda: issuer.head()["size"] > size, 180, "a new head")
    begun = time.monotonic()
    until(lambda: len(issuer.head()["cosignatures"]) == PARTNERS, 180, "all cosignatures")
    return time.monotonic() - begun


def bench(circle):
    charter = circle.charter("bench.toml", ("tick_ms = 1000", f"tick_ms = {TICK_MS}"))
    step(f"{PARTNERS} partners, tick {TICK_MS} ms")
    issuer = circle.node("A", charter=charter)
    for number in range(PARTNERS):
        circle.pair(issuer, circle.node(f"P{number}", charter=charter))
    times = {"settle": [], "dispute": [], "withdraw": [], "head": []}
    for number in range(ROUNDS):
        for what in times:
            phone = f"0812-9999-{1000 + number * 10 + len(what)}"
            if what == "head":
                times[what].append(head_cosigned(issuer, phone))
                print(f"{what:10} {times[what][-1]:6.2f} s", flush=True)
                continue
            incident = issuer.report(phone)
            until(lambda: everywhere(issuer, incident), 180, "the report at all partners")
            more = ["--ground", "mistake"] if what == "withdraw" else []
            seconds = timed(issuer, incident, what, incident, "--because", "bench", *more)
            times[what].append(seconds)
            print(f"{what:10} {seconds:6.2f} s", flush=True)
    for what, seconds in times.items():
        print(f"{what:10} median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s")
    expect(all(times.values()), "something was measured")


run(bench)
