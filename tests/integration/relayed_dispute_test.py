#!/usr/bin/env python3
"""A customer of A disputes at B, its partner: real nodes, with A there, and with A down."""
from daemon import ACCEPT, PREPAY, expect, expect_equal, run, step, until

FIRST, SECOND = "0812-3456-7890", "0812-3456-7891"
NEARBY = 30  # seconds in which a change at one node must show at the others
COMES_BACK = 60  # and when one of them was down


def counted(node, phone):
    until(lambda: node.check(phone).code == PREPAY, NEARBY, f"{node.letter} counts the report")


def uncounted(node, phone):
    until(lambda: node.check(phone).code == ACCEPT, NEARBY, f"{node.letter} counts it no more")


def relayed(node, entry):
    """The row of `partner disputes` about the entry."""
    rows = node.ask("partner", "disputes")["disputes"]
    found = [row for row in rows if row["entry"] == entry]
    expect_equal(len(found), 1, f"statements of {node.letter} about entry {entry}")
    return found[0]


def disputes_of(node, origin, entry):
    """How many DISPUTE entries about the entry stand in the node's copy of the log."""
    return sum(row["kind"] == "DISPUTE" and row["about"] == entry for row in node.entries(origin))


def test(circle):
    a, b, c = (circle.node(letter) for letter in "ABC")
    for pair in ((a, b), (a, c), (b, c)):
        circle.pair(*pair)
    first, second = a.report(FIRST), a.report(SECOND)
    entries = {incident: a.published(incident)["log_index"] for incident in (first, second)}
    for node in (b, c):
        for phone in (FIRST, SECOND):
            counted(node, phone)

    step("the customer disputes at B: B counts it no more at once, C on receipt")
    made = b.ask("partner", "dispute", a.origin, "--phone", FIRST)["disputes"]
    expect_equal([row["entry"] for row in made], [entries[first]], "what was relayed")
    expect_equal(b.check(FIRST).code, ACCEPT, "B's answer right after it")
    uncounted(c, FIRST)

    step("A's node writes its DISPUTE by itself, and says through whom it came")
    shown = until(lambda: (lambda row: row if row["state"] == "disputed" else None)(
        a.ask("incident", "show", first)), NEARBY, "A's incident is disputed")
    expect_equal(shown["disputed_by"], "partner", "who disputes")
    expect_equal(shown["history"][-1]["by"], f"partner:{b.origin}", "through whom")
    until(lambda: relayed(b, entries[first])["state"] == "disputed", NEARBY, "B sees A's DISPUTE")
    for node, action in ((a, "incident.dispute"), (b, "dispute.relay")):
        changes = node.ask("record", "list")["changes"]
        expect(action in [row["action"] for row in changes], f"{action} is on {node.letter}'s record")

    step("said again, it makes nothing new, and the try is on the record")
    b.ask("partner", "dispute", a.origin, "--phone", FIRST)
    tries = [row for row in b.ask("record", "list")["changes"] if row["action"] == "dispute.try"]
    expect_equal([row["object"] for row in tries], [a.origin], "tries")

    step("A is down while the other customer disputes at B")
    a.stop()
    b.ask("partner", "dispute", a.origin, "--phone", SECOND)
    expect_equal(b.check(SECOND).code, ACCEPT, "B's answer while A is down")
    uncounted(c, SECOND)
    waiting = until(lambda: (lambda row: row if row["others_told"] == 1 else None)(
        relayed(b, entries[second])), NEARBY, "C has taken it")
    expect_equal((waiting["state"], waiting["partner_told"]), ("waiting", False), "what B says of A")

    step("A comes back, and learns of it")
    a.start()
    until(lambda: a.ask("incident", "show", second)["state"] == "disputed", COMES_BACK,
          "A's other incident is disputed")
    until(lambda: relayed(b, entries[second])["state"] == "disputed", COMES_BACK,
          "B sees A's other DISPUTE")
    for node in (b, c):
        for entry in entries.values():
            until(lambda: disputes_of(node, a.origin, entry) == 1, COMES_BACK,
                  f"one DISPUTE about entry {entry} in {node.letter}'s copy")
        expect_equal(node.check(SECOND).code, ACCEPT, f"{node.letter}'s answer in the end")


run(test)
