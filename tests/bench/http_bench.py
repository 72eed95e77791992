#!/usr/bin/env python3
"""How many checks a second a real daemon answers over HTTP when everything is local or cached, and how
long one takes at half of that rate. Needs Debian's package `hey`, which makes the load.

    DAFTAR=build/release/bin/daftar DAFTARD=build/release/bin/daftard \\
      python3 -B tests/bench/http_bench.py [SECONDS [CONNECTIONS]]

A node with a partner that has a record of the buyer; every answer's receipt is durable before it leaves.
`hey` runs on the same processors: what it takes is in the figures.
"""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from daemon import expect, run, step, until  # noqa: E402

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
CONNECTIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 32
PHONE = "0812-3456-7890"
ASKED_RATE = 2000


def hey(node, token, *more):
    body = json.dumps({"identifiers": [{"phone": PHONE}], "terms": "TERMS_CREDIT",
                       "amount": {"minor": "450000000", "currency": "IDR"}})
    done = subprocess.run(
        ["hey", "-z", f"{SECONDS}s", "-c", str(CONNECTIONS), "-m", "POST", "-T", "application/json",
         "-H", f"Authorization: Bearer {token}", "-d", body, *more,
         f"http://127.0.0.1:{node.http_port}/daftar.v1.ShopService/Check"],
        check=True, capture_output=True, text=True)
    codes = dict(re.findall(r"\[(\d+)\]\s+(\d+) responses", done.stdout))
    expect(set(codes) == {"200"}, f"other answers than 200: {done.stdout}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])
    times = {name: float(seconds) * 1000
             for name, seconds in re.findall(r"(\d+)%+ in ([\d.]+) secs", done.stdout)}
    return rate, times


def bench(circle):
    a, b = circle.node("A"), circle.node("B")
    circle.pair(a, b)
    b.published(b.report(PHONE))
    token = a.ask("user", "add", "POS", "--role", "staff")["token"]
    until(lambda: a.check(PHONE).json["inputs"], 60, "the partner's record is found")
    step(f"as fast as {CONNECTIONS} connections ask, {SECONDS} s")
    rate, times = hey(a, token)
    print(f"checks a second {rate:.0f} (asked: {ASKED_RATE}); p50 {times['50']:.1f} ms, "
          f"p99 {times['99']:.1f} ms")
    step(f"at {ASKED_RATE // 2} checks a second")
    half, times = hey(a, token, "-q", str(ASKED_RATE // 2 / CONNECTIONS))
    print(f"checks a second {half:.0f}; p50 {times['50']:.1f} ms, p95 {times['95']:.1f} ms, "
          f"p99 {times['99']:.1f} ms (asked: 20)")


run(bench)
