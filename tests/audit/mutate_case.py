"""The mutations of the case."""
from log_model import ABOUT_NOTHING, DAY, Entry, leaf_hash, sha256, tree_root
from mutate import FAILS, GOOD, add, need
from stories import lax, plan_of, quiet_log


def case_of(name, codes, settings=None, change=None, lines=None, with_charter=True, facts=None):
    """`change` of the report's story, `lines` of the case's lines."""
    def make(rng):
        log = quiet_log(rng, days_ago=rng.randint(2, 40), profile=lax(rng, **(settings or {})))
        log.time += 60
        day = log.time // DAY
        report = log.add_report()
        log.pending = []
        report.proofs = []
        for number, kind in enumerate(["order", "invoice"]):
            content, salt = rng.randbytes(20), rng.randbytes(32)
            report.proofs.append((number + 1, kind, content, salt,
                                  sha256(b"daftar/proof/v1" + salt + content)))
        root = tree_root([leaf_hash(d) for d in sorted(p[4] for p in report.proofs)])
        report.told_on, report.approved_by, report.filed_by = None, "user:siti", "uid:1000"
        report.notice = log.time - 30 * DAY
        report.original = {**report.facts, "minor": 0, "currency": "", "occurred": day - 40, "due": 0,
                           "reminders": [day - 10, day - 3], "proofs_root": root,
                           **(facts(day) if facts else {})}
        report.facts = report.original
        entry = Entry("REPORT", ABOUT_NOTHING, report.body(), None)
        entry.report, report.entry = report, entry
        log.tick(0, entry)
        if change:
            change(report, day)
        log.choose_made_at()
        plan = plan_of(rng, log, report, report)
        if not with_charter:
            plan.on("files", lambda files: files.update(charters=b""))
        if lines:
            def on_files(files):
                changed = files["case"].decode().split("\n")
                before = list(changed)
                lines(changed, rng)
                need(changed != before)
                files["case"] = "\n".join(changed).encode()
            plan.on("files", on_files)
        return plan
    add(f"case: {name}", codes, make)


def story(**changes):
    """Values, or functions of the report and its day."""
    def change(report, day):
        for key, value in changes.items():
            setattr(report, key, value(report, day) if callable(value) else value)
    return change


TWO = {"second_person": True}
case_of("plain", GOOD)
case_of("nobody approved, nobody need", GOOD, {}, story(approved_by=None))
case_of("a second person", GOOD, TWO)
case_of("nobody approved", FAILS, TWO, story(approved_by=None))
case_of("the second person is the first", FAILS, TWO, story(approved_by="uid:1000"))
case_of("nobody approved, no charter", GOOD, TWO, story(approved_by=None), with_charter=False)
TOLD = {"told_beforehand": True}
LATER = {"told_beforehand": True, "told_least_days": 5}
REMINDED = {"told_beforehand": True, "reminders": 2}
case_of("told today", GOOD, TOLD, story(told_on=lambda r, d: d))
case_of("told tomorrow", FAILS, TOLD, story(told_on=lambda r, d: d + 1))
case_of("told in two days", FAILS, TOLD, story(told_on=lambda r, d: d + 2))
case_of("not told", FAILS, TOLD)
case_of("told 5 days ago", GOOD, LATER, story(told_on=lambda r, d: d - 5))
case_of("told 4 days ago", FAILS, LATER, story(told_on=lambda r, d: d - 4))
case_of("told with the first reminder", GOOD, REMINDED, story(told_on=lambda r, d: d - 10))
case_of("told before the first reminder", FAILS, REMINDED, story(told_on=lambda r, d: d - 11))
case_of("told before a reminder that nobody asked for", GOOD, TOLD, story(told_on=lambda r, d: d - 11))
case_of("told after one that does not count", FAILS, {"told_beforehand": True, "reminders": 1},
        story(told_on=lambda r, d: d - 9), facts=lambda d: {"due": d - 8})
HOLD = {"hold_hours": 24}
case_of("hold kept", GOOD, HOLD, story(notice=lambda r, d: r.time - DAY))
case_of("hold not kept", FAILS, HOLD, story(notice=lambda r, d: r.time - DAY + 1))
case_of("no notice", FAILS, HOLD, story(notice=None))
case_of("no notice, no charter", GOOD, HOLD, story(notice=None), with_charter=False)
case_of("no notice, no hold", GOOD, {}, story(notice=None))
case_of("proof of the right kind", GOOD, {"proof": ["invoice", "reminder"]})
case_of("proof of other kinds", FAILS, {"proof": ["reminder"]})
case_of("proof not asked for is not told", FAILS, {}, story(proofs=[]))
case_of("no proof, no root", GOOD, {}, story(proofs=[]), facts=lambda d: {"proofs_root": bytes(32)})
case_of("proof without a root", FAILS, {}, facts=lambda d: {"proofs_root": bytes(32)})
case_of("root of the empty tree", FAILS, {}, story(proofs=[]),
        facts=lambda d: {"proofs_root": tree_root([])})
case_of("a proof less", FAILS, {}, story(proofs=lambda r, d: r.proofs[:1]))
case_of("a proof twice", FAILS, {}, story(proofs=lambda r, d: r.proofs + [(3, *r.proofs[0][1:])]))
case_of("the proofs in another order", GOOD, {}, story(
    proofs=lambda r, d: [(1, *r.proofs[1][1:]), (7, *r.proofs[0][1:])]))
case_of("a reminder less", FAILS, {}, story(original=lambda r, d: {**r.original, "reminders": [d - 3]}))
case_of("a reminder on another day", FAILS, {}, story(
    original=lambda r, d: {**r.original, "reminders": [d - 10, d - 4]}))


def line_of(word):
    def find(lines):
        return next(i for i, line in enumerate(lines) if line.startswith(word + " "))
    return find


def replace(word, *changes):
    def change(lines, rng):
        at = line_of(word)(lines)
        lines[at] = rng.choice(changes)(lines[at])
    return change


def fields(at, *values):
    def change(line):
        parts = line.split(" ")
        value = values[len(line) % len(values)]
        parts[at] = value(parts[at]) if callable(value) else value
        return " ".join(parts)
    return change


BROKEN_LINES = {
    "digest of another proof": replace(
        "proof", lambda line: line[:-64] + ("1" if line[-64] == "0" else "0") + line[-63:]),
    "digest in capitals": replace("proof", fields(6, str.upper)),
    "proof of an unknown kind": replace("proof", fields(2, "photo", "Invoice", "")),
    "proof of an unknown type": replace("proof", fields(3, "text/html", "pdf", "application/PDF")),
    "proof number": replace("proof", fields(1, "01", "-1", "x")),
    "proofs not ascending": replace("proof", fields(1, "2", "9")),
    "a field less": replace("proof", lambda line: line.rsplit(" ", 1)[0]),
    "a field more": replace("filed", lambda line: line + " x", lambda line: line + " "),
    "incident": replace("incident", lambda line: line[:-1], lambda line: line.upper(),
                        lambda line: line + "00"),
    "report of another": replace("report", lambda line: line + "1", lambda line: "report 0"),
    "report": replace("report", lambda line: "report 0" + line[7:], lambda line: "report",
                      lambda line: f"report {2**64 + int(line[7:])}"),
    "filed": replace("filed", fields(1, "01", "-5", "2026-09-01"), fields(2, "x" * 256, "", "a\tb")),
    "approved": replace("approved", fields(1, "0x1"), fields(2, "\x7f", "si ti")),
    "notice": replace("notice", fields(1, "0123", "soon", str(2**63))),
    "held-until": replace("held-until", fields(1, "00", "-1")),
    "reminder": replace("reminder", fields(1, "2026-02-30", "2026-9-1", "20260901", "0000-01-01",
                                           "1970-01-01", "2026-13-01")),
    "event": replace("event", fields(1, "01"), lambda line: line.rsplit(" ", 1)[0]),
    "no event": lambda lines, rng: lines.pop(line_of("event")(lines)),
    "no filed": lambda lines, rng: lines.pop(line_of("filed")(lines)),
    "no incident": lambda lines, rng: lines.pop(1), "first line": lambda lines, rng: lines.pop(0),
    "another version": lambda lines, rng: lines.__setitem__(0, "daftar-case/v2"),
    "a line more": lambda lines, rng: lines.insert(rng.randint(1, len(lines) - 1), rng.choice(
        ["", "why he did it", "note x", "Filed 1 uid:0"])),
    "last LF": lambda lines, rng: lines.pop(),
    "CR LF": lambda lines, rng: lines.__setitem__(slice(None), [line + "\r" for line in lines[:-1]] + [""]),
    "lines in another order": lambda lines, rng: lines.insert(1, lines.pop(rng.randint(2, len(lines) - 2))),
    "filed twice": lambda lines, rng: lines.insert(3, lines[3]),
    "nine reminders": lambda lines, rng: lines.__setitem__(
        slice(line_of("reminder")(lines), line_of("proof")(lines)),
        [f"reminder 2020-01-0{i}" for i in range(1, 10)]),
    "not ASCII": replace("event", lambda line: line + "\u00fc"),
}
for name, change in BROKEN_LINES.items():
    case_of(f"{name} changed", FAILS, {}, lines=change)
case_of("of another incident", GOOD, {}, lines=replace("incident", lambda line: "incident " + "0f" * 16))
def as_large_as(size):
    """Events until the case has so many bytes."""
    def change(lines, rng):
        line = "event 5 " + "x" * 40 + " uid:0"
        missing = size - len("\n".join(lines)) - 1
        count = missing // (len(line) + 1) - 1
        last = missing - count * (len(line) + 1)
        lines[-1:-1] = [line] * count + ["event 5 " + "x" * (last - 14) + " uid:0"]
        assert len("\n".join(lines)) == size
    return change


case_of("of 256 KiB", GOOD, {}, lines=as_large_as(2**18))
case_of("larger than 256 KiB", FAILS, {}, lines=as_large_as(2**18 + 1))
case_of("more events", GOOD, {}, lines=lambda lines, rng: lines.insert(
    len(lines) - 1, "event 5 corrected user:x~!"))
