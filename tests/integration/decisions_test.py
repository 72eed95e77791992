#!/usr/bin/env python3
"""A shop's own rules from outside: groups, allowlist, policy file, outcomes, overrides, replays.

Two nodes, the command line, and the auditor who has nothing but files.
"""
import json

from daemon import ACCEPT, DEPOSIT, PREPAY, expect, expect_equal, expect_in, run, step, until

PHONE = "0812-3456-7890"
OTHER = "0812-3456-7000"
STRANGER = "0813-1111-2222"
POLICY = "version = 1\n[thresholds]\nprepay_ppm = 300000\n"
BECAUSE = ("--because", "for the test")


def effect_until(node, phone, wanted, what):
    def look():
        result = node.check(phone)
        return result.json if result.json["effect"] == wanted else None
    return until(look, 30, what)


def two_nodes(circle):
    a, b = circle.node("A"), circle.node("B")
    circle.pair(a, b)
    circle.connected(b, a)
    a.report(PHONE)
    effect_until(b, PHONE, "prepay", "B learns of A's report")
    return a, b


def the_shops_own_rules(circle):
    a, b = two_nodes(circle)

    step("the allowlist beats a partner's report, and is gone when removed")
    allowed = b.ask("allow", "add", "--phone", PHONE, *BECAUSE)
    answer = b.check(PHONE, code=ACCEPT).json
    expect_equal(answer["decided_by"], "allowlist", "what decided")
    expect_equal(answer["allowed_by"], allowed["id"], "the entry")
    expect_equal([row["id"] for row in b.ask("allow", "list")["allowed"]], [allowed["id"]], "list")
    b.daftar("allow", "remove", allowed["id"], *BECAUSE)
    b.check(PHONE, code=PREPAY)

    step("a group asks for its own, and merged customers are one")
    first = b.ask("customer", "add", "--name", "Ibu Sari", "--phone", OTHER, "--group", "problem")
    second = b.ask("customer", "add", "--phone", STRANGER)
    expect_equal((first["groups"], first["group"]), (["problem"], "problem"), "groups")
    asked = b.check(OTHER, code=PREPAY).json
    expect_equal((asked["decided_by"], asked["group"]), ("group", "problem"), "what decided")
    b.daftar("check", "--phone", OTHER, "--amount", "1000", "--currency", "IDR", "--terms",
             "prepaid", code=ACCEPT)
    b.check(STRANGER, code=ACCEPT)
    b.daftar("customer", "merge", second["id"], first["id"], *BECAUSE)
    b.check(STRANGER, code=PREPAY)
    b.daftar("customer", "unmerge", first["id"], *BECAUSE)
    b.check(STRANGER, code=ACCEPT)
    b.daftar("group", "add", "wholesale", "--at-least", "deposit", "--deposit", "30", *BECAUSE)
    b.daftar("customer", "group", second["id"], "--add", "wholesale", *BECAUSE)
    deposit = b.check(STRANGER, code=DEPOSIT).json
    steps = {row["step"]: row for row in deposit["next"]}
    expect_equal(steps["deposit"]["share_ppm"], 300000, "the deposit's share")
    expect("wholesale" in [row["name"] for row in b.ask("group", "list")["groups"]], "group list")

    step("what a person decides otherwise, and what becomes of it")
    receipt = b.check(PHONE, code=PREPAY).json["receipt"]
    b.refused("override", receipt, "--effect", "accept")
    b.daftar("override", receipt, "--effect", "accept", "--because", "an old friend")
    order = b.ask("order", "add", "--phone", PHONE, "--amount", "4500000", "--currency", "IDR",
                  "--invoice", "INV-1", "--receipt", receipt)
    expect_equal(order["state"], "open", "a new order")
    b.daftar("order", "unpaid", "--receipt", receipt, "--because", "moved away")
    why = b.ask("why", receipt)
    expect_equal(why["override"]["because"], "an old friend", "the override")
    expect_equal(why["outcome"], "unpaid", "the outcome")
    changes = b.ask("record", "list", "--object", receipt)["changes"]
    expect_equal([(row["action"], row["because"]) for row in changes],
                 [("decision.override", "an old friend")], "the record of the override")
    rows = b.ask("policy", "outcomes")["rows"]
    expect_equal([(row["decided"], row["overridden_to"], row["unpaid"]) for row in rows],
                 [("prepay", "accept", 1)], "how overridden decisions turned out")
    owes = b.check(PHONE).json
    expect(any(row["type"] == "own_orders" for row in owes["inputs"]), f"own orders: {owes}")
    expect_equal([row["invoice"] for row in b.ask("order", "list", "--state", "given-up")["orders"]],
                 ["INV-1"], "orders given up")
    b.daftar("order", "paid", "INV-1", "--because", "came back")
    expect_equal(b.ask("order", "show", "INV-1")["state"], "paid",
                 "what was paid the day it was given up")
    expect(b.ask("customer", "list", "--group", "wholesale")["customers"], "customers of a group")
    expect_equal(b.ask("partner", "show", a.origin)["learnt_from"], 1, "outcomes learnt from")
    b.daftar("partner", "reset-weight", a.origin, *BECAUSE)
    expect_equal(b.ask("partner", "show", a.origin)["learnt_from"], 0, "after the reset")
    report = b.ask("group", "report")
    expect(any(row["orders"] == 1 for row in report["rows"]), f"group report: {report}")

    step("the person is erased, and what is owed stays")
    owing = b.ask("order", "add", "--phone", STRANGER, "--amount", "10", "--currency", "IDR")
    erased = b.ask("customer", "erase", second["id"], "--yes", *BECAUSE)
    expect_equal(erased["orders_kept"], 1, "orders kept")
    expect(erased["kept_because"], f"no word about what stays: {erased}")
    b.daftar("order", "paid", owing["id"], "--because", "paid")
    erased = b.ask("customer", "erase", second["id"], "--yes", *BECAUSE)
    expect_equal(erased["orders_kept"], 0, "orders kept after payment")


def policy_and_audit(circle):
    a, b = two_nodes(circle)
    folder = circle.folder

    step("a receipt replays without a node, and a wrong policy or an altered file does not pass")
    before = b.check(PHONE, code=PREPAY).json
    why = b.daftar("why", before["receipt"], "--output", "json").out
    (folder / "receipt.json").write_text(why)
    shown = b.daftar("policy", "show").out
    (folder / "policy.toml").write_text(shown)
    offline = ("audit", "replay", folder / "receipt.json", "--policy")
    said = b.daftar(*offline, folder / "policy.toml").out
    expect_in("last digit", said, "what a replay that agrees says")
    b.daftar("audit", "replay", before["receipt"], "--policy", folder / "policy.toml")
    (folder / "other.toml").write_text(POLICY)
    expect_in(before["policy"], b.refused(*offline, folder / "other.toml").message,
              "a wrong policy is named")
    for field, value in (("effect", "accept"), ("risk_ppm", 1)):
        altered = json.loads(why)
        altered[field] = value
        (folder / "altered.json").write_text(json.dumps(altered))
        b.refused("audit", "replay", folder / "altered.json", "--policy", folder / "policy.toml")
    altered = json.loads(why)
    middle = len(altered["body"]) // 2
    digit = "0" if altered["body"][middle] != "0" else "1"
    altered["body"] = altered["body"][:middle] + digit + altered["body"][middle + 1:]
    (folder / "altered.json").write_text(json.dumps(altered))
    b.refused("audit", "replay", folder / "altered.json", "--policy", folder / "policy.toml")

    step("the running node takes a new policy and keeps the old one by its hash")
    b.daftar("policy", "check", folder / "other.toml")
    (b.directory / "policy.toml").write_text(POLICY)
    after = effect_until(b, PHONE, "deposit", "the new policy is in force")
    expect(after["policy"] != before["policy"], "the policy's hash is another")
    expect_equal(b.ask("policy", "show", before["policy"])["toml"], shown, "the old policy")
    expect_equal(len(b.ask("policy", "show")["versions"]), 2, "versions")
    status = b.status()
    expect_equal((status["policy"], status["policy_from_file"]), (after["policy"], True), "status")
    until(lambda: f"policy {after['policy'][:12]} is in force, before it {before['policy'][:12]}"
          in b.log_text(), 30, "the log tells of the change")
    b.daftar("audit", "replay", before["receipt"], "--policy", folder / "policy.toml")

    step("a policy with a fault is refused with line and column, and the old one stays")
    (folder / "wrong.toml").write_text("version = 1\n[thresholds]\ndeposit = 5\n")
    expect_in("wrong.toml:3:1:", b.refused("policy", "check", folder / "wrong.toml").err,
              "the place")
    (b.directory / "policy.toml").write_text("version = 1\n[thresholds]\ndeposit = 5\n")
    until(lambda: b.status()["problems"], 30, "status tells of the fault")
    expect_in("policy.toml:3:1:", " ".join(b.status()["problems"]), "the place")
    until(lambda: "policy.toml:3:1:" in b.log_text(), 30, "the log warns of the fault")
    b.check(PHONE, code=DEPOSIT)

    step("in the reader's language")
    for language, word in (("id", "mitra"), ("ms", "rakan kongsi"), ("en", "partner")):
        said = b.daftar("why", before["receipt"], "--lang", language).out
        expect_in(word, said, f"the sentence in {language}")


def the_decision_log(circle):
    _, b = two_nodes(circle)
    folder = circle.folder
    bundle = folder / "decisions.bundle"

    def head():
        status = b.status()
        return f"{status['decisions']}:{status['decisions_root']}"

    def replay(*options, path=bundle, code=0):
        return b.daftar("audit", "replay", path, *options, "--output", "json", code=code).json

    step("the auditor notes the head down, and decisions go on under another policy")
    first = b.check(PHONE, code=PREPAY).json
    (folder / "policy.toml").write_text(b.daftar("policy", "show").out)
    noted = head()
    expect_in(noted, b.daftar("status").out, "the head in words")
    b.check(STRANGER, code=ACCEPT)
    (b.directory / "policy.toml").write_text(POLICY)
    last = effect_until(b, PHONE, "deposit", "the new policy is in force")
    (folder / "new.toml").write_text(POLICY)
    newest = head()

    step("the exported log replays without a node, and its head is the one that status shows")
    written = b.ask("log", "export", "--decisions", "--out", bundle)
    size = b.status()["decisions"]
    expect_equal((written["kind"], written["to"], written["bodies"]), ("decisions", size, size),
                 "what was written")
    vkey = b.daftar("log", "policy").out.strip().splitlines()[-1].lstrip("# ")
    given = ("--policy", folder / "policy.toml", "--policy", folder / "new.toml",
             "--head", noted, "--head", newest, "--entry-vkey", vkey)
    b.stop()
    result = replay(*given)
    expect_equal({row["check"]: row["result"] for row in result["checks"]},
                 {name: "holds" for name in ("manifest", "files", "leaves", "times", "heads",
                                             "receipts", "bodies", "decisions")}, "the checks")
    expect_equal((result["head"], result["agree"]), (newest, size), "the head and the decisions")
    expect_equal({row["policy"] for row in result["policies"]}, {first["policy"], last["policy"]},
                 "the policies")

    step("what was altered, another log's head and a wrong key do not pass; a policy may be missing")
    altered = bytearray(bundle.read_bytes())
    altered[-20] ^= 1
    (folder / "altered.bundle").write_bytes(altered)
    failed = replay(*given, path=folder / "altered.bundle", code=65)
    expect_equal(sorted(row["check"] for row in failed["checks"] if row["result"] == "fails"),
                 ["files", "receipts"], "what fails")
    other = noted[:-1] + ("0" if noted[-1] != "0" else "1")
    replay("--head", other, code=65)
    b.daftar("audit", "replay", bundle, "--entry-vkey", vkey.replace("toko", "kedai", 1), code=64)
    partly = replay("--policy", folder / "policy.toml")
    expect(partly["not_replayed"] > 0, f"nothing was left unchecked: {partly}")
    b.start()

    step("a person is a hash until the shop says whose it is; a folder is as good, and so is a part")
    subject, = b.ask("why", first["receipt"])["subjects"]
    folder_bundle = folder / "decisions"
    b.daftar("log", "export", "--decisions", "--out", f"{folder_bundle}/", "--from", "1")
    said = replay(*given, "--subject", subject, path=folder_bundle)
    about = [row["receipt"] for row in said["about_subject"]]
    expect(first["receipt"] in about and last["receipt"] in about, f"decisions about it: {about}")
    expect(len(about) < said["bodies"], "the stranger is somebody else")
    for word in (PHONE, PHONE.replace("-", "")[1:], "uid:"):
        for name in ("leaves", "receipts", "manifest"):
            expect(word.encode() not in (folder_bundle / name).read_bytes(),
                   f"{name} holds {word}")
    b.refused("log", "export", "--decisions", "--out", bundle)
    b.refused("log", "export", "--decisions", "--out", folder / "no.bundle", "--from", "999")


run(the_shops_own_rules, policy_and_audit, the_decision_log)
