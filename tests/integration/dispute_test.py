#!/usr/bin/env python3
"""A customer objects, the shop answers, and what was wrong comes off everywhere: real nodes.

Under a charter with a second person, a hold and proof, as the templates have them.
"""
from daemon import ACCEPT, PREPAY, expect, expect_equal, expect_in, run, step, until

PHONE = "0812-3456-7890"
NEARBY = 20  # seconds in which a change at A must show at its partners
PROFILE = """[reasons.deposit-unsettled]
proof = ["invoice", "order"]
second_person = true
"""


def all_have_it(issuer, incident, partners):
    """The incident, once all partners state that they have applied its newest change."""
    def look():
        shown = issuer.ask("incident", "show", incident)
        rows = {row["partner"]: row["applied_at"] for row in shown["history"][-1]["arrivals"]}
        here = set(rows) == {partner.origin for partner in partners} and all(rows.values())
        return shown if here else None
    return until(look, NEARBY, "all partners have applied the newest change")


def until_code(node, code, what):
    until(lambda: node.check(PHONE).code == code, NEARBY, what)


def test(circle):
    charter = circle.charter("circle.toml", ("[reasons.deposit-unsettled]\n", PROFILE))
    a, b, c = (circle.node(letter, charter=charter) for letter in "ABC")
    for pair in ((a, b), (a, c), (b, c)):
        circle.pair(*pair)

    step("filing says what is missing, and nothing of it is shared")
    invoice = circle.folder / "invoice.txt"
    invoice.write_text("Invoice 17: a table, Rp 4.500.000\n" * 20_000)  # several messages
    filed = a.ask("incident", "add", "--reason", "deposit-unsettled", "--phone", PHONE, "--amount",
                  "4500000", "--currency", "IDR", "--occurred", "2026-10-01")
    incident = filed["id"]
    expect_equal(filed["state"], "draft", "state")
    expect(any("proof" in sentence for sentence in filed["missing"]), f"missing: {filed['missing']}")
    a.ask("incident", "proof", "add", incident, invoice, "--kind", "invoice")
    expect_equal(a.ask("incident", "show", incident)["state"], "ready", "state with proof")

    step("the filer cannot approve; another person can")
    a.refused("incident", "publish", incident)
    a.refused("incident", "approve", incident)
    token = a.ask("user", "add", "second", "--role", "manager")["token"]
    a.ask("incident", "approve", incident, token=token)
    all_have_it(a, incident, (b, c))
    until_code(b, PREPAY, "B asks for prepayment")

    step("B asks for the proof; A discloses it; what comes is what A filed, and is on both records")
    record = next(row for row in b.check(PHONE).json["inputs"] if row["type"] == "partner_record")
    expect_equal(record["origin"], a.origin, "who reported")
    ask = ("proof", "ask", record["origin"], "--entry", record["reference"], "--phone", PHONE,
           "--because", "a large order")
    b.refused(*ask)  # nobody sits at a terminal: --yes has to say it
    expect_equal(a.ask("proof", "requests")["requests"], [], "requests before B said yes")
    asked = b.ask(*ask, "--yes")
    b.refused("proof", "get", asked["id"], "--to", b.circle.folder)
    request = a.ask("proof", "requests")["requests"][0]
    expect_equal((request["partner"], request["incident"], request["why"]),
                 (b.origin, incident, "a large order"), "what A sees of it")
    a.ask("proof", "disclose", request["id"], "--because", "they decide about a large order")
    copy = circle.folder / "from-a.txt"
    got = b.ask("proof", "get", asked["id"], "--number", "1", "--to", copy)
    expect_equal(got["withheld"], 0, "files withheld")
    expect_equal(copy.read_text(), invoice.read_text(), "the file")
    shown = a.ask("incident", "show", incident)["proof_requests"][0]
    expect_equal((shown["partner"], shown["state"], len(shown["fetched_at"])),
                 (b.origin, "disclosed", 1), "what the incident says of it")
    for node, action in ((a, "proof.disclose"), (a, "proof.fetch"), (b, "proof.ask"),
                         (b, "proof.read")):
        changes = node.ask("record", "list")["changes"]
        expect(action in [row["action"] for row in changes], f"{action} is on {node.letter}'s record")

    step("the customer objects: it counts nowhere")
    disputed = a.ask("incident", "dispute", incident, "--because", "says it was paid in cash",
                     "--wait")
    expect_equal(disputed["state"], "disputed", "state")
    expect_equal(disputed["disputed_by"], "person", "who disputes")
    for node in (b, c):
        until_code(node, ACCEPT, f"{node.letter} accepts while it is disputed")

    step("the shop answers that it stands, corrects the amount, and then withdraws")
    a.ask("incident", "resolve", incident, "--outcome", "upheld", "--because", "no receipt")
    all_have_it(a, incident, (b, c))
    until_code(c, PREPAY, "C asks for prepayment again")
    corrected = a.ask("incident", "correct", incident, "--amount", "1500000", "--currency", "IDR",
                      "--because", "a part was paid")
    expect_equal(corrected["state"], "corrected", "state")
    all_have_it(a, incident, (b, c))
    record = b.ask("partner", "show", a.origin)["record"]
    expect_equal((record["reports"], record["disputed"], record["upheld"], record["corrected"]),
                 (1, 1, 1, 1), "A's record as B counts it")
    a.ask("incident", "withdraw", incident, "--ground", "mistake", "--because", "mixed up", "--wait")
    for node in (b, c):
        until_code(node, ACCEPT, f"{node.letter} accepts after the withdrawal")

    step("and is erased, here and there")
    erased = a.ask("incident", "erase", incident, "--ground", "request", "--because", "asked for it")
    expect_equal(erased["state"], "erased", "state")
    all_have_it(a, incident, (b, c))
    until(lambda: a.ask("incident", "show", incident)["identifiers"] == [], NEARBY,
          "what it said is removed")
    expect_equal(a.ask("incident", "proof", "list", incident)["proofs"], [], "proofs")
    expect_equal(b.ask("partner", "show", a.origin)["trouble"], None, "B's trouble with A")
    until(lambda: b.ask("proof", "asked")["asked"] == [], NEARBY, "B's copy of the proof is gone")
    until(lambda: not list((b.directory / "proofs").iterdir()), NEARBY, "and its file")
    expect_in("erased", a.daftar("incident", "show", incident).out, "incident show")


run(test)
