"""Small edits whose verdict nobody foretells: both verifiers must only agree on it."""
from log_model import Charter, Log, encode_facts, pad, seal, commit_to_key
from make_bundles import Plan
from mutate import EITHER, add, mutation, need
from stories import plan_of, quiet_log

CHARACTERS = "0123456789 \n\t\r#.,=-+/\"'[]{}_azAZ\\\u00fc\x7f\0"


def edit(text, rng):
    """One to three characters put in, left out, replaced, or moved."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            text = text[:at] + rng.choice(CHARACTERS) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + 1:]
        elif kind == 2:
            text = text[:at] + rng.choice(CHARACTERS) + text[at + 1:]
        elif kind == 3:
            text = text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]
        else:
            lines = text.split("\n")
            line = lines.pop(rng.randrange(len(lines)))
            lines.insert(rng.randint(0, len(lines)), rng.choice([line, line + " ", line.lower()]))
            text = "\n".join(lines)
    return text


def edit_bytes(data, rng):
    return edit(data.decode("utf-8", "surrogateescape"), rng).encode("utf-8", "surrogateescape")


for target in ("head", "head-from", "case", "cosigners", "consistency", "tlog-proof"):
    @mutation(f"anything: {target}", EITHER)
    def _(plan, rng, target=target):
        def on_files(files):
            names = [name for name in files if name == target or name.endswith("." + target)]
            need(names)
            name = rng.choice(names)
            files[name] = edit_bytes(files[name], rng)
        plan.on("files", on_files)


@mutation("anything: policy", EITHER)
def _(plan, rng):
    plan.on("policy", lambda lines: lines.__setitem__(
        slice(None), edit("\n".join(lines), rng).split("\n")))


@mutation("anything: manifest", EITHER)
def _(plan, rng):
    plan.as_file = True
    plan.on("manifest_text", lambda lines: lines.__setitem__(
        slice(None), edit("\n".join(lines), rng).split("\n")))


def charter(rng):
    log = Log(rng, 3)
    changed = Charter(rng, log.circle)
    text = edit_bytes(changed.text(), rng)
    changed.text = lambda: text
    log.tick(60, log.charter_entry(changed))
    log.choose_made_at()
    return Plan(rng, log=log)


VALUES = ("0x10", "1_0", "+7", "-0", "0", "1", "00", "2", "7", "1e1", "1.0", "inf", "true", "false", '""',
          '"1"', "'1'", '"""\\\n  a"""', "'''\na'''", "[]", '["due"]', '["due", 1]', '["order", "invoice",]', "{}",
          "2026-01-01", "9223372036854775807", "9223372036854775808", '"\\u0041"', '"\\u000a"', '"\\ud800"')
AMOUNTS = ("0", "1", "1.", ".5", "1.5", "1.05", "1.005", "1e3", "+1", "-0", "00", "01", "1,000", " 1", "",
           "10000000000000", "10000000000000.01", "9999999999999.99", "1000000000000000",
           "99999999999999999999", "1000000000001")


def values_of_charter(rng):
    """One value of a charter becomes another; amounts are written in many ways."""
    log = Log(rng, 3)
    changed = Charter(rng, log.circle)
    lines = changed.text().decode().split("\n")
    if rng.random() < 0.5:
        at = rng.choice([i for i, line in enumerate(lines) if " = " in line])
        lines[at] = lines[at].split(" = ")[0] + " = " + rng.choice(VALUES)
    else:
        at = next(i for i, line in enumerate(lines) if line == "[dispute]")
        currency = rng.choice(["IDR", "JPY", "KWD", "idr", "XAU", "HRK", "SLL", "ZWL", "CHE", "XDR", "BGN",
                               "ANG", "XCG", "USN", "UYI", "VED", "VES", "ZWG", "CLF", "MRO", "CUC"])
        lines[at:at] = ["[small_amount]", f'{currency} = "{rng.choice(AMOUNTS)}"']
    text = "\n".join(lines).encode()
    changed.text = lambda: text
    log.tick(60, log.charter_entry(changed))
    log.choose_made_at()
    return Plan(rng, log=log)


def facts(rng):
    """Of a report that is opened: bytes of it replaced."""
    log = quiet_log(rng, days_ago=rng.randint(2, 40))
    log.time += 60
    report = log.add_report()
    plain = bytearray(pad(encode_facts(report.facts)))
    for _ in range(rng.choice([1, 1, 2])):
        plain[rng.randrange(92)] = rng.choice([0, 1, 2, 255, rng.randrange(256)])
    nonce = rng.randbytes(24)
    report.entry.body = (report.salt + commit_to_key(report.key) + report.slots + nonce
                         + seal(report.key, 1, log.origin, nonce, bytes(plain)))
    log.publish()
    log.choose_made_at()
    return plan_of(rng, log, report)


def history(rng):
    """A log in which anything follows anything."""
    log = quiet_log(rng, days_ago=rng.randint(2, 60))
    for _ in range(rng.randint(2, 8)):
        log.time += rng.choice([0, 1, 3600, 86400, rng.randrange(10**6)])
        if not log.reports or rng.random() < 0.4:
            log.add_report()
        else:
            log.change(rng.choice(log.reports), rng.choice([
                "SETTLEMENT", "DISPUTE", "RESOLUTION", "CORRECTION", "WITHDRAWAL", "ERASURE", "RELABEL"]))
        log.publish()
    plan = plan_of(rng, log)
    plan.made_at = log.time + rng.choice([0, 1000, 10**5, 10**6])
    return plan


add("anything: charter", EITHER, charter)
add("anything: values of a charter", EITHER, values_of_charter)
add("anything: facts", EITHER, facts)
add("anything: history", EITHER, history)
