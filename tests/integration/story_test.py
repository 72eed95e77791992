#!/usr/bin/env python3
"""Three shops and a buyer, as it is seen from outside: real nodes, mutual TLS, the command line.

Also looks for the buyer's number in everything that the nodes keep, log and send.
"""
import datetime
import re
import socket
import time

from daemon import (ACCEPT, DEPOSIT, PREPAY, REVIEW, Recorder, expect, expect_equal, expect_in,
                    files_holding, run, step, until)

PHONE_AT_A = "0812-3456-7890"
PHONE_AT_B = "+62 812 3456 7890"
UNKNOWN = "0813-1111-2222"
UNKNOWN_TOO = "0813-3333-4444"
# Every way in which the number was typed or is written within; the longest digits first.
FORMS = [b"081234567890", b"0812-3456-7890", b"6281234567890", b"81234567890",
         b"+62 812 3456 7890", b"812 3456 7890"]
NEARBY = 20  # seconds in which a change at A must show at B
DEADLINE = 0.3  # seconds that a check waits for partners
STATES = {"answered", "cached", "stale", "not_checked"}


def check_document(document):
    """The fields that the documentation promises, with their types."""
    expect(document["effect"] in {"accept", "deposit", "prepay", "review", "decline"},
           f"effect: {document}")
    for field in ("because", "receipt"):
        expect(isinstance(document[field], str) and document[field], f"{field}: {document}")
    expect(isinstance(document["inputs"], list), f"inputs: {document}")
    for row in document["partners"]:
        expect(isinstance(row["origin"], str), f"origin: {document}")
        expect(row["state"] in STATES, f"state: {document}")
        age = row["head_age_s"]
        expect(age is None or isinstance(age, int) and 0 <= age < 3600, f"head_age_s: {document}")
        expect(row["state"] == "not_checked" or age is not None, f"no head_age_s: {document}")


def state_of(document, origin):
    return {row["origin"]: row["state"] for row in document["partners"]}[origin]


def cosigned(issuer, partners):
    """The head of `issuer`, once its note has the cosignatures of all `partners`."""
    def look():
        head = issuer.head()
        lines = [f"{partner.origin}/mirror " in head["note"] for partner in partners]
        return head if all(lines) else None
    return until(look, NEARBY, f"{issuer.letter} serves the cosignatures of its partners")


def arrived_at(shown):
    """Who has applied the newest change, of the partners that are told of it."""
    arrivals = shown["history"][-1]["arrivals"]
    return {row["partner"]: row["applied_at"] is not None for row in arrivals}


def check_until(node, phone, codes, what):
    def look():
        result = node.check(phone)
        return result if result.code in codes else None
    result = until(look, NEARBY, what)
    check_document(result.json)
    return result


def the_search_finds_what_is_there(circle):
    """Without this, a search that finds nothing would prove nothing."""
    planted = circle.folder / "planted" / "deep"
    planted.mkdir(parents=True)
    for number, form in enumerate(FORMS):
        (planted / f"{number}.bin").write_bytes(b"\x00\xff" * 40000 + form + b"\x80")
    found = {needle for _, needle in files_holding(circle.folder / "planted", FORMS)}
    expect_equal(found, set(FORMS), "forms found in files in which they were planted")

    sink = socket.create_server(("127.0.0.1", circle.ports.take()))
    recorder = Recorder(circle)
    recorder.target = sink.getsockname()
    with socket.create_connection(("127.0.0.1", recorder.port)) as sender:
        receiver, _ = sink.accept()
        with receiver:
            # In two pieces, as a number may well cross the edge of a packet.
            for piece in (b"x" * 70000 + FORMS[0][:5], FORMS[0][5:]):
                sender.sendall(piece)
            left = 70000 + len(FORMS[0])
            while left > 0:
                left -= len(receiver.recv(65536))
            receiver.sendall(FORMS[1])
            expect_equal(sender.recv(100), FORMS[1], "what came back through the proxy")
    sink.close()
    everything = b"\n".join(recorder.recorded())
    for form in FORMS[:2]:
        expect(form in everything, f"the proxy did not record a planted {form!r}")


def the_story(circle):
    recorder = Recorder(circle)
    step("three nodes of the demonstration circle")
    a = circle.node("A", advertise=recorder.port)
    b, c = circle.node("B"), circle.node("C")
    recorder.target = ("127.0.0.1", a.peer_port)
    code = circle.invite(a)
    joined = b.ask("partner", "join", code)
    expect_equal((joined["origin"], joined["state"]), (a.origin, "active"), "what join answers")
    circle.pair(a, c)
    circle.connected(a, b)
    circle.connected(b, a)
    status = b.status()
    expect_equal((status["origin"], status["signing"], status["partners_active"],
                  status["problems"]), (b.origin, True, 1, []), "status of B")
    expect_equal({row["origin"] for row in a.ask("partner", "list")["partners"]},
                 {b.origin, c.origin}, "partners of A")

    step("nobody knows the buyer")
    before = check_until(b, PHONE_AT_B, {ACCEPT}, "an unknown buyer is accepted").json
    expect_equal((before["effect"], before["inputs"]), ("accept", []), "the answer")
    expect_equal(state_of(before, a.origin), "answered", "state of A")

    step("A files and publishes; B asks")
    added = a.ask("incident", "add", "--reason", "deposit-unsettled", "--phone", PHONE_AT_A,
                  "--amount", "4500000", "--currency", "IDR", "--occurred", "2026-10-01")
    incident = added["id"]
    expect_equal((added["reason"], added["missing"], added["occurred"]),
                 ("deposit-unsettled", [], "2026-10-01"), "the incident")
    expect_equal(added["amount"]["major"], "4500000", "its amount")
    a.daftar("incident", "publish", incident)
    found = check_until(b, PHONE_AT_B, {PREPAY, DEPOSIT}, "B learns of the report")
    bad = found.json
    expect((bad["effect"], found.code) in {("prepay", PREPAY), ("deposit", DEPOSIT)},
           f"effect and exit code do not fit: {bad['effect']}, {found.code}")
    expect_equal(len(bad["inputs"]), 1, "records that B found")
    record = bad["inputs"][0]
    days = (datetime.datetime.now(datetime.timezone.utc).date()
            - datetime.date(2026, 10, 1)).days
    expect_equal((record["origin"], record["reason"], record["amount"]["major"]),
                 (a.origin, "deposit-unsettled", "4500000"), "the record")
    expect(abs(record["age_days"] - days) <= 1, f"age of the record: {record}")
    check_until(c, PHONE_AT_A, {found.code}, "C answers like B, however the number is written")
    expect_equal(c.check(UNKNOWN).code, ACCEPT, "exit code for an unknown number")

    step("what the commands show of it")
    shown = a.published(incident)
    expect_equal((shown["state"], shown["log_index"]), ("published", 2), "incident show")
    listed = a.ask("incident", "list")["incidents"]
    expect_equal([row["id"] for row in listed], [incident], "incident list")
    expect_equal(a.ask("incident", "list", "--state", "withdrawn")["incidents"], [],
                 "withdrawn ones")
    why = b.ask("why", bad["receipt"])
    expect_equal((why["effect"], why["receipt"]), (bad["effect"], bad["receipt"]), "why")
    expect(b.daftar("why", bad["receipt"]).out.strip(), "why in words says nothing")
    b.refused("why", "00" * 16)
    customer = b.ask("customer", "add", "--name", "Ibu Sari", "--phone", PHONE_AT_A)
    for asked in ([customer["id"]], ["--phone", PHONE_AT_B]):
        seen = b.ask("customer", "show", *asked)
        expect_equal((seen["id"], seen["name"]), (customer["id"], "Ibu Sari"), "customer show")
    waited = a.ask("incident", "show", incident, "--wait")
    expect_equal(arrived_at(waited), {b.origin: True, c.origin: True}, "who has the report")
    held = a.ask("partner", "show", b.origin)
    expect_equal((held["holds"], held["own_log_size"]), (3, 3), "what B holds of A's log")
    head = cosigned(a, (b, c))
    expect_equal((head["origin"], head["size"]), (a.origin, 3), "log head")
    expect(head["note"].startswith(f"{a.origin}\n3\n"), f"the note: {head['note']}")
    expect_equal(a.daftar("log", "head").out, head["note"], "log head in words, the note alone")
    own = a.entries()
    expect_equal([entry["kind"] for entry in own], ["KEYS", "CHARTER", "REPORT"], "log show")
    expect(all(entry["signature_valid"] for entry in own), f"signatures: {own}")
    expect_equal([entry["leaf_hash"] for entry in b.entries(a.origin)],
                 [entry["leaf_hash"] for entry in own], "B's copy of A's log")

    step("A is stopped")
    a.stop()
    for phone, codes in ((PHONE_AT_B, {found.code}), (UNKNOWN_TOO, {ACCEPT, DEPOSIT, REVIEW})):
        result = b.check(phone)
        check_document(result.json)
        expect(result.code in codes, f"with A stopped: {result}")
        state = state_of(result.json, a.origin)
        expect_equal(state, "cached" if phone == PHONE_AT_B else "not_checked", "state of A")
        if state == "not_checked":
            words = b.daftar("check", "--phone", phone, code=codes).out
            expect_in("not checked", words, "what the seller reads")
    took = []
    for _ in range(5):
        began = time.monotonic()
        b.check("0813-5555-" + str(1000 + len(took)))
        took.append(time.monotonic() - began)
    # The quickest of a few: the machine may have other things to do. The rest is the command.
    expect(min(took) < DEADLINE + 2, f"a check with a dead partner took {took} s")

    step("A is back; the buyer pays")
    a.start()
    circle.connected(b, a)
    a.refused("incident", "settle", incident)
    settled = a.ask("incident", "settle", incident, "--because", "paid by transfer", "--wait")
    expect_equal(arrived_at(settled), {b.origin: True, c.origin: True}, "who has the settlement")
    milder = check_until(b, PHONE_AT_B, set(range(found.code)), "milder after the settlement")
    expect(milder.json["effect"] in {"accept", "deposit"}, f"after the settlement: {milder}")
    expect_equal([row["status"] for row in milder.json["inputs"]], ["settled"],
                 "status of what B was told")

    step("A withdraws")
    a.refused("incident", "withdraw", incident)
    a.daftar("incident", "withdraw", incident, "--ground", "paid", "--because", "settled in full")
    for node in (b, c):
        check_until(node, PHONE_AT_B, {ACCEPT}, f"{node.letter} accepts after the withdrawal")
    expect_equal([entry["kind"] for entry in a.entries()],
                 ["KEYS", "CHARTER", "REPORT", "SETTLEMENT", "WITHDRAWAL"], "A's log")

    step("the number is looked for in everything")
    for node in (a, b, c):  # running: files as they are at any moment
        expect_equal(files_holding(node.directory, FORMS), [], f"the number in {node.letter}")
    for node in (a, b, c):
        node.stop()
    expect_equal(files_holding(circle.folder, FORMS), [], "the number in a file or a log")
    for node in (a, b, c):
        expect(not re.search(rb"\+?62\*+7890|Ibu Sari", node.log.read_bytes()),
               f"the buyer stands in the log of {node.letter}")
    streams = recorder.recorded()
    expect(len(streams) >= 2 and sum(map(len, streams)) > 4000,
           f"the proxy saw next to nothing: {[len(stream) for stream in streams]} bytes")
    # A TLS record of type handshake begins each direction: B did speak TLS through here.
    expect(all(stream[:2] == b"\x16\x03" for stream in streams), "not TLS on the wire")
    everything = b"\n".join(streams)
    for needle in FORMS + [b"deposit-unsettled", b"toko-b.test/", b"/daftar.v1."]:
        expect(needle not in everything, f"{needle!r} went over the wire in the clear")


run(the_search_finds_what_is_there, the_story)
