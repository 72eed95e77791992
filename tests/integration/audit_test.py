#!/usr/bin/env python3
"""An auditor is handed files, and checks them with two programs that share no code: real nodes.

The log grows by reports, a settlement, and an erasure; `daftar log export` writes all of it, what
is new since an earlier audit, an excerpt, and a case with its proof. `daftar audit verify` and
tests/audit/verify_bundle.py find nothing wrong, and both see it when a byte is changed.
"""
import json
import subprocess

from daemon import SOURCE, Failure, expect, expect_equal, expect_in, run, step, until

PHONE = "0812-3456-7890"
# Debian's own, which sees Debian's python3-nacl.
PYTHON = "/usr/bin/python3"
SECOND = SOURCE / "tests" / "audit" / "verify_bundle.py"
NEARBY = 30  # seconds in which partners cosign a new head
PROFILE = """[reasons.deposit-unsettled]
proof = ["invoice", "order"]
second_person = true
"""


def cosigned(node, partners):
    """The newest head, once all partners have cosigned it."""
    def look():
        head = node.head()
        here = {row["witness"] for row in head["cosignatures"]}
        return head if here == {partner.origin for partner in partners} else None
    return until(look, NEARBY, f"the head of {node.letter} is cosigned by all")


def second_verdict(bundle, policy, *more):
    done = subprocess.run([PYTHON, "-B", str(SECOND), str(bundle), "--policy", str(policy), "--json",
                           *more],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                          check=False)
    if done.returncode not in (0, 1, 2) or "Traceback" in done.stderr:
        raise Failure(f"the second verifier broke:\n{done.stdout}{done.stderr}")
    return done


def verdict(node, bundle, policy, *more):
    """What both say, which is the same; of a good bundle also the state of each check."""
    first = node.daftar("audit", "verify", bundle, "--policy", policy, "--output", "json", *more,
                        code=(0, 1, 2))
    second = second_verdict(bundle, policy, *more)
    expect_equal(second.returncode, first.code,
                 f"the second verdict on {bundle.name}:\n{second.stdout}{second.stderr}\n{first}")
    if first.code == 0:
        states = {name: found["state"] for name, found in json.loads(second.stdout)["checks"].items()}
        expect_equal(states, {check["check"]: check["state"] for check in first.json["checks"]},
                     f"what was looked at in {bundle.name}")
    return first


def holds(node, bundle, policy, *more):
    said = verdict(node, bundle, policy, *more)
    expect_equal(said.code, 0, f"the verdict on {bundle.name}: {said}")


def publish(node, phone, invoice, token):
    filed = node.ask("incident", "add", "--reason", "deposit-unsettled", "--phone", phone,
                     "--amount", "4500000", "--currency", "IDR", "--occurred", "2026-10-01",
                     "--note", "Ibu Sari from the market")
    node.ask("incident", "proof", "add", filed["id"], invoice, "--kind", "invoice")
    node.ask("incident", "approve", filed["id"], token=token)
    return node.published(filed["id"])


def test(circle):
    charter = circle.charter("circle.toml", ("[reasons.deposit-unsettled]\n", PROFILE))
    a, b, c = (circle.node(letter, charter=charter) for letter in "ABC")
    for pair in ((a, b), (a, c), (b, c)):
        circle.pair(*pair)
    token = a.ask("user", "add", "second", "--role", "manager")["token"]
    auditor = a.ask("user", "add", "auditor", "--role", "auditor")["token"]
    staff = a.ask("user", "add", "sari", "--role", "staff")["token"]
    invoice = circle.folder / "faktur-sari.txt"

    def out(name):
        return circle.folder / name

    step("three reports, of which one is settled")
    invoices = []
    for number in range(3):
        invoice.write_text(f"Invoice {number} for Ibu Sari\n")
        invoices.append(publish(a, f"0812-3456-789{number}", invoice, token))
    invoice.write_text("Invoice 0 for Ibu Sari\n")
    case, settled, erased = invoices
    a.ask("incident", "settle", settled["id"], "--because", "paid")
    until(lambda: a.head()["size"] == 6, NEARBY, "the settlement is published")
    earlier = cosigned(a, (b, c))["size"]

    step("the policy that A prints has the keys that B and C print of themselves")
    policy = out("policy")
    policy.write_text(a.daftar("log", "policy", token=auditor).out)
    for partner in (b, c):
        printed = partner.daftar("log", "policy").out
        own = next(line for line in printed.splitlines() if line.startswith("log "))
        expect_in(own + "\n", policy.read_text(), f"the key of {partner.letter}")
        witness = f"witness {partner.origin} {partner.head()['mirror_vkey']}\n"
        expect_in(f"\n# {witness}", printed, f"what {partner.letter} prints of itself")
        expect_in(f"\n{witness}", policy.read_text(), f"the mirror key of {partner.letter}")

    step("staff may not export; an auditor may, and what is handed over says nothing of a person")
    a.refused("log", "export", "--out", out("none"), token=staff)
    expect(not out("none").exists(), "nothing is left of a refused export")
    written = a.ask("log", "export", "--out", out("first"), token=auditor)
    expect_equal((written["kind"], written["from"], written["to"], written["bodies"],
                  written["opened"], written["case"]), ("log", 0, earlier, 6, 0, False), "written")
    holds(a, out("first"), policy)

    step("one report is erased, and the next audit begins where the first one ended")
    a.ask("incident", "erase", erased["id"], "--ground", "request", "--because", "asked for it")
    until(lambda: a.head()["size"] == 7, NEARBY, "the erasure is published")
    cosigned(a, (b, c))
    a.ask("log", "export", "--out", out("whole"))
    a.ask("log", "export", "--out", out("next"), "--from", earlier)
    a.daftar("log", "export", "--out", f"{out('folder')}/")
    a.ask("log", "export", "--out", out("excerpt"), "--entries", f"{erased['log_index']},0")
    a.ask("log", "export", "--out", out("case"), "--case", case["id"])
    a.ask("log", "export", "--out", out("small"), "--entries", "0", "--open", case["log_index"],
          "--case", case["id"])
    for name in ("whole", "next", "folder", "excerpt", "case", "small"):
        holds(a, out(name), policy)
    for name in ("case", "small"):
        holds(a, out(name), policy, "--proof", str(invoice))
    wrong = out("other.txt")
    wrong.write_text("another invoice\n")
    expect_equal(verdict(a, out("case"), policy, "--proof", str(wrong)).code, 1,
                 "the verdict with another file than the proof")
    # KEYS and CHARTER come with one head.
    expect_in("no signed head of 1", a.refused("log", "export", "--out", out("none"), "--from",
                                               "1").message, "from a size that was never signed")
    a.refused("log", "export", "--out", out("none"), "--open", erased["log_index"])
    opened = [row["object"] for row in a.ask("record", "list")["changes"]
              if row["action"] == "log.open"]
    expect(case["id"] in opened, f"openings on the record: {opened}")
    for name in ("first", "whole", "next", "excerpt", "case", "small"):
        content = out(name).read_bytes()
        for secret in ("0812", "6281", "81234567", "Sari", "market", "faktur", "asked for it"):
            expect(secret.encode() not in content, f"{secret} stands in {name}")

    step("a policy with another key of the log, or another quorum, is not met")
    lines = policy.read_text().splitlines(keepends=True)
    other = out("other-policy")
    other.write_text("".join(line for line in lines if f"log {a.origin}+" not in line))
    foreign = verdict(a, out("whole"), other)
    expect_equal(foreign.code, 1, "the verdict without A's key")
    holding = {check["check"] for check in foreign.json["checks"] if check["state"] == "holds"}
    expect(holding <= {"cosigners"}, f"this holds of a log that the policy does not name: {holding}")

    step("both see every byte that is changed")
    for name in ("whole", "next", "excerpt", "case"):
        good = out(name).read_bytes()
        changed = out("changed")
        for part in range(12):
            at = len(good) * part // 12 + 7
            changed.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
            expect(verdict(a, changed, policy).code in (1, 2), f"byte {at} of {name} is changed")
        changed.write_bytes(good[:-1])
        expect_equal(verdict(a, changed, policy).code, 2, f"{name} without its last byte")


run(test)
