#!/usr/bin/env python3
"""A partner's quota of evaluations: over it the answer is "not checked", after a restart too."""
from daemon import ACCEPT, REVIEW, expect, expect_equal, expect_in, run, step

QUOTA = 5  # evaluations that the charter grants a partner in a day
PHONE = "0812-3456-7890"


def quota_used_up(circle):
    charter = circle.charter(
        "quota.toml", ("evaluations_per_partner_per_day = 10000",
                       f"evaluations_per_partner_per_day = {QUOTA}"))
    a, b, c = (circle.node(letter, charter=charter) for letter in "ABC")
    circle.pair(a, b)
    circle.pair(a, c)
    a.published(a.report(PHONE))

    def ask(node, number):
        return node.partner_state(f"0813-5555-{number:04}", a.origin)

    step(f"{QUOTA} answers, and a clean stop in between, which costs nothing")
    for number in range(QUOTA):
        if number == 2:
            a.restart()
            circle.connected(b, a)
            expect_equal(a.partner(b.origin)["quota_used"], 2, "B's quota after the stop")
        expect_equal(ask(b, number)["state"], "answered", f"question {number + 1}")
    row = a.partner(b.origin)
    expect_equal((row["quota_used"], row["quota_limit"]), (QUOTA, QUOTA), "B's quota at A")
    expect(ask(b, 0)["state"] in ("answered", "cached"), "what was asked before costs nothing")

    def over(when):
        for number in (9000, 9001):
            row = ask(b, number)
            expect_equal((row["state"], row["reason"]), ("not_checked", "quota"), when)
        result = b.daftar("check", "--phone", PHONE, code=(ACCEPT, REVIEW))
        expect_in("not checked", result.out, f"what the seller reads {when}")

    step("the next one is refused")
    over("over the quota")
    expect_equal(ask(c, 1)["state"], "answered", "A's state at another partner")
    expect_equal(a.partner(b.origin)["quota_used"], QUOTA, "refused ones are not counted")
    step("also after a restart, and after kill -9")
    a.restart()
    circle.connected(b, a)
    over("after a restart")
    a.kill()
    a.start()
    circle.connected(b, a)
    over("after kill -9")
    expect_equal(a.status()["problems"], [], "problems of A")


run(quota_used_up)
