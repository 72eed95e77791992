"""The mutations of what becomes of reports: order, deadlines, facts, the case.

Adds to mutations.ALL. Times are chosen to the second, the last that is good and the first that is
not.
"""
from log_model import (ABOUT_NOTHING, DAY, HOUR, NOW, Charter, Entry, Log, Profile, commit_to_key,
                       encode_facts, last_day, pad, seal, sha256, tree_root, leaf_hash, u8, u16, u32)
from make_bundles import Plan
from mutations import FAILS, GOOD, Unfit, add, flip, need


def lax(rng, **settings):
    """A profile that asks for nothing but these."""
    profile = Profile(rng)
    vars(profile).update(required=[], least_amount={}, least_age_days=0, reminders=0,
                         reminder_spacing_days=0, first_reminder_least_days=0, told_beforehand=False,
                         told_least_days=0, proof=[], second_person=False, hold_hours=0,
                         retention_months=24)
    vars(profile).update(settings)
    return profile


def quiet_log(rng, reason=1, days_ago=900, profile=None, **charter_settings):
    """A log without reports, under a charter that shares `reason` and one more reason."""
    log = Log(rng, 0, start=NOW - days_ago * DAY + rng.randrange(DAY))
    charter = Charter(rng, log.circle)
    charter.profiles = {reason: profile or lax(rng)}
    vars(charter).update(withdraw_days=14, after_settlement_hours=24, erase_after_hours=48)
    vars(charter).update(charter_settings)
    log.tick(60, log.charter_entry(charter))
    return log


def report_in(log, seconds=60, **facts):
    log.time += seconds
    report = log.add_report(**facts)
    log.publish()
    return report


def then(log, report, kind, seconds=60):
    """One more entry about a report, whether or not that is in order."""
    log.time += seconds
    log.change(report, kind)
    log.publish()
    if report.erased:
        report.updates[-1].has_body = False


def plan_of(rng, log, opened=None, case=None, **options):
    """A bundle that has all reports of a quiet log; `opened` a report or None."""
    first = min(report.index for report in log.reports)
    plan = Plan(rng, log=log, kind="log", begin=rng.choice([0, first, rng.randint(0, first)]))
    plan.openings = {opened.index: opened.key} if opened else {}
    plan.case = case
    plan.with_openings = bool(opened)
    vars(plan).update(options)
    return plan


# --- order ---

def history(name, codes, kinds, seconds=60):
    def make(rng):
        log = quiet_log(rng, days_ago=rng.randint(2, 30))
        report = report_in(log)
        for kind in kinds.split():
            then(log, report, kind, seconds if kind == kinds.split()[-1] else 60)
        log.choose_made_at()
        return plan_of(rng, log)
    add(f"order: {name or kinds}", codes, make)


for story in ("SETTLEMENT", "DISPUTE", "DISPUTE RESOLUTION", "DISPUTE RESOLUTION DISPUTE", "WITHDRAWAL",
              "ERASURE", "WITHDRAWAL ERASURE", "SETTLEMENT WITHDRAWAL ERASURE", "DISPUTE WITHDRAWAL",
              "DISPUTE SETTLEMENT RESOLUTION WITHDRAWAL", "CORRECTION CORRECTION RELABEL RELABEL",
              "DISPUTE ERASURE", "SETTLEMENT ERASURE", "SETTLEMENT DISPUTE CORRECTION RESOLUTION"):
    history("", GOOD, story)
for story in ("RESOLUTION", "DISPUTE DISPUTE", "DISPUTE RESOLUTION RESOLUTION", "SETTLEMENT SETTLEMENT",
              "DISPUTE SETTLEMENT DISPUTE", "SETTLEMENT CORRECTION SETTLEMENT"):
    history("", FAILS, story)
for kind in ("SETTLEMENT", "DISPUTE", "RESOLUTION", "CORRECTION", "WITHDRAWAL", "RELABEL"):
    history("", FAILS, "WITHDRAWAL " + kind)
    history("", FAILS, "ERASURE " + kind)
    history("", FAILS, "WITHDRAWAL ERASURE " + kind)
history("", FAILS, "ERASURE ERASURE")
history("", FAILS, "DISPUTE WITHDRAWAL RESOLUTION")
for kind in ("SETTLEMENT", "DISPUTE", "CORRECTION", "WITHDRAWAL", "ERASURE", "RELABEL"):
    history(f"{kind} in the tick of its report", FAILS, kind, seconds=0)
    history(f"{kind} a second after its report", GOOD, kind, seconds=1)
history("two about a report in one tick", FAILS, "SETTLEMENT WITHDRAWAL", seconds=0)
history("two about a report a second apart", GOOD, "SETTLEMENT WITHDRAWAL", seconds=1)


def tick_order(name, make_entries):
    """Of a function of a log that returns two entries in the order in which they belong."""
    for swapped in (False, True):
        def make(rng, swapped=swapped, straddling=False):
            log = quiet_log(rng, days_ago=rng.randint(2, 30))
            report_in(log)
            report_in(log)
            log.time += 60
            entries = make_entries(log, rng)
            for entry in reversed(entries) if swapped else entries:
                log.append(entry)
                if entry.kind == 1:
                    entry.report.index = entry.index
                    log.reports.append(entry.report)
            log.choose_made_at()
            plan = plan_of(rng, log)
            if straddling:  # nobody can tell then
                plan = Plan(rng, log=log, kind="log", begin=len(log.entries) - 1)
                plan.openings, plan.case, plan.with_openings = {}, None, False
            return plan
        add(f"order: {name}{' swapped' if swapped else ''}", FAILS if swapped else GOOD, make)
    add(f"order: {name} swapped, one before the bundle", GOOD,
        lambda rng: make(rng, swapped=True, straddling=True))


def report_entry(log):
    report = log.add_report()
    log.pending = []
    return report.entry


def update_entry(log, at, kind):
    log.change(log.reports[at], kind)
    return log.pending.pop()


tick_order("reports by commitment", lambda log, rng: sorted(
    [report_entry(log), report_entry(log)], key=Entry.commitment))
tick_order("reports first", lambda log, rng: [report_entry(log), rng.choice([
    lambda: update_entry(log, 0, "RELABEL"), lambda: log.charter_entry(Charter(rng, log.circle)),
    lambda: keys_entry(log)])()])
tick_order("updates by report", lambda log, rng: [update_entry(log, 0, rng.choice(["RELABEL", "DISPUTE"])),
                                                  update_entry(log, 1, "CORRECTION")])
tick_order("updates before the log's own", lambda log, rng: [
    update_entry(log, 1, "RELABEL"), log.charter_entry(Charter(rng, log.circle))])
tick_order("charters by commitment", lambda log, rng: sorted(
    [log.charter_entry(Charter(rng, log.circle)) for _ in range(2)], key=Entry.commitment))


def keys_entry(log):
    entry = log.add_keys(("entry", "head", "mirror", "self"))
    log.pending = []
    return entry


# --- deadlines ---

GRACE = HOUR
LIMITS = {"SETTLEMENT": (24 * HOUR, ("WITHDRAWAL", "ERASURE")),
          "DISPUTE": (14 * DAY, ("RESOLUTION", "WITHDRAWAL", "ERASURE")),
          "WITHDRAWAL": (48 * HOUR, ("ERASURE",))}


def deadline(begun_by, late):
    codes = FAILS if late else GOOD
    limit, enders = LIMITS[begun_by]

    def never(rng):
        log = quiet_log(rng)
        report = report_in(log)
        then(log, report, begun_by)
        log.made_at = log.time + limit + GRACE + late
        return plan_of(rng, log, rng.choice([None, report]))

    def ended(rng):
        log = quiet_log(rng)
        report = report_in(log)
        then(log, report, begun_by)
        then(log, report, rng.choice(enders), limit + GRACE + late)
        log.made_at = log.time + rng.choice([0, HOUR])
        return plan_of(rng, log)

    when = "1 s too late" if late else "in time"
    add(f"deadlines: {begun_by} open, {when}", codes, never)
    add(f"deadlines: {begun_by} ended {when}", codes, ended)


for kind in LIMITS:
    deadline(kind, 0)
    deadline(kind, 1)


def retention(name, codes, late, opened=True, correction=0, dated_ahead=0, erased=False, unshared=False):
    """A report of a reason kept for a month, in a charter that has one kept for six."""
    def make(rng):
        log = quiet_log(rng, profile=lax(rng, retention_months=1))
        log.charters[-1].profiles[5] = lax(rng, retention_months=6)
        charter = log.charters[-1]
        text = charter.text()
        charter.text = lambda: text
        log.tick(60, log.charter_entry(charter))
        log.time += 60
        today = log.time // DAY
        occurred = today - rng.randint(0, 20) + dated_ahead
        if dated_ahead:
            occurred = today + 1
        report = report_in(log, 0, occurred=occurred, due=0, reminders=[], minor=0, currency="",
                           reason=5 if unshared else 1)
        months = 6 if not opened or unshared else 1
        begins = min(occurred, today) if opened else today
        if correction:
            log.time += DAY
            report.facts = {**report.facts, "occurred": occurred + correction}
            body = report.update(rng, "CORRECTION", encode_facts(report.facts) + u32(log.time // DAY))
            entry = Entry("CORRECTION", report.index, body, None)
            entry.report = report
            report.updates.append(entry)
            log.tick(0, entry)
            begins = min(occurred + correction, log.time // DAY)
        limit = last_day(begins, months) * DAY
        if erased:
            then(log, report, "ERASURE", limit + GRACE + late - log.time)
            log.made_at = log.time
        else:
            log.made_at = limit + GRACE + late
        return plan_of(rng, log, report if opened else None)
    add(f"deadlines: report {name}", codes, make)


for late in (0, 1):
    when, codes = ("1 s too late", FAILS) if late else ("in time", GOOD)
    retention(f"opened, {when}", codes, late)
    retention(f"opened, with a longer retention, {when}", codes, late, unshared=True)
    retention(f"not opened, {when}", codes, late, opened=False)
    retention(f"erased {when}", codes, late, opened=False, erased=True)
    retention(f"corrected to an earlier day, {when}", codes, late, correction=-3)
    retention(f"corrected to a later day, {when}", codes, late, correction=1)
    retention(f"dated ahead, {when}", codes, late, dated_ahead=1)


def deadline_without_charter(rng):
    log = Log(rng, 0, start=NOW - 900 * DAY)
    need(not log.charters)
    report = report_in(log)
    then(log, report, "SETTLEMENT")
    log.made_at = NOW
    return plan_of(rng, log)


def deadline_charter_not_there(rng):
    log = quiet_log(rng)
    report = report_in(log)
    then(log, report, "SETTLEMENT")
    log.made_at = NOW
    plan = plan_of(rng, log)
    plan.on("files", lambda files: files.update(charters=b""))
    return plan


def later_charter_is_laxer(rng):
    log = quiet_log(rng)
    report = report_in(log)
    then(log, report, "SETTLEMENT")
    begun = log.time
    charter = Charter(rng, log.circle)
    charter.after_settlement_hours = 48
    charter.salt += "later"
    log.tick(60, log.charter_entry(charter))
    log.made_at = begun + 24 * HOUR + GRACE + 1
    return plan_of(rng, log)


add("deadlines: no charter before the report", GOOD, deadline_without_charter)
add("deadlines: the charter is not there", GOOD, deadline_charter_not_there)
add("deadlines: a later charter does not help", FAILS, later_charter_is_laxer)


# --- facts ---

def facts_case(name, codes, settings, facts, reason=1):
    """`facts` of the day of publication; what they leave out is bare."""
    def make(rng):
        log = quiet_log(rng, reason, days_ago=rng.randint(2, 40), profile=lax(rng, **settings))
        log.time += 60
        day = log.time // DAY
        chosen = {"minor": 0, "currency": "", "occurred": day - 1, "due": 0, "reminders": [],
                  "reason": reason, **facts(day)}
        # What the generator would make up may not fit these settings; it is not used.
        report = report_in_bare(log, rng, chosen)
        log.choose_made_at()
        plan = plan_of(rng, log, report)
        if rng.random() < 0.3:  # as an excerpt, too
            plan.kind, plan.begin, plan.excerpted = "excerpt", 0, [report.index]
            plan.logs = [(plan.origin, log.current["head"].public)] + [
                other for other in plan.logs if other[0] != plan.origin]
        return plan
    add(f"facts: {name}", codes, make)


def report_in_bare(log, rng, facts):
    profile = next(iter(log.charters[-1].profiles.values()))
    kept = dict(vars(profile))
    vars(profile).update(vars(lax(rng)), retention_months=kept["retention_months"])
    report = log.add_report(**facts)
    vars(profile).update(kept)
    log.publish()
    return report


IDR = {"least_amount": {"IDR": "250000"}}
ANY = {"least_amount": {"IDR": "0"}}
facts_case("bare", GOOD, {}, lambda d: {})
facts_case("amount as low as may be", GOOD, IDR, lambda d: {"minor": 25000000, "currency": "IDR"})
facts_case("amount too low", FAILS, IDR, lambda d: {"minor": 24999999, "currency": "IDR"})
facts_case("amount in another currency", FAILS, IDR, lambda d: {"minor": 10**9, "currency": "USD"})
facts_case("no amount", FAILS, IDR, lambda d: {})
facts_case("any amount", GOOD, ANY, lambda d: {"minor": 1, "currency": "IDR"})
facts_case("an amount of 0", FAILS, ANY, lambda d: {"minor": 0, "currency": "IDR"})
facts_case("an amount is required", FAILS, {"required": ["amount"]}, lambda d: {})
facts_case("an amount above 0 is required", FAILS, {"required": ["amount"]}, lambda d: {"currency": "JPY"})
facts_case("an amount of 1", GOOD, {"required": ["amount"]}, lambda d: {"minor": 1, "currency": "JPY"})
facts_case("reason that is not shared", FAILS, {}, lambda d: {"reason": 6})
facts_case("occurred tomorrow", GOOD, {}, lambda d: {"occurred": d + 1})
facts_case("occurred in two days", FAILS, {}, lambda d: {"occurred": d + 2})
facts_case("due day is required", FAILS, {"required": ["due"]}, lambda d: {})
facts_case("due day is there", GOOD, {"required": ["due", "occurred", "identifier"]},
           lambda d: {"due": d + 50})
for number in (2, 3):
    facts_case(f"reason {number} due yesterday", GOOD, {}, lambda d: {"due": d - 1}, number)
    facts_case(f"reason {number} due today", FAILS, {}, lambda d: {"due": d}, number)
    facts_case(f"reason {number} without a due day", GOOD, {}, lambda d: {}, number)
facts_case("due today", GOOD, {}, lambda d: {"due": d})
AGE = {"least_age_days": 30}
facts_case("due 30 days ago", GOOD, AGE, lambda d: {"due": d - 30, "occurred": d})
facts_case("due 29 days ago", FAILS, AGE, lambda d: {"due": d - 29, "occurred": d - 99})
facts_case("occurred 30 days ago", GOOD, AGE, lambda d: {"occurred": d - 30})
facts_case("occurred 29 days ago", FAILS, AGE, lambda d: {"occurred": d - 29})
facts_case("reminder tomorrow", GOOD, {}, lambda d: {"reminders": [d + 1]})
facts_case("reminder in two days", FAILS, {}, lambda d: {"reminders": [d - 4, d + 2]})
facts_case("eight reminders", GOOD, {"reminders": 8}, lambda d: {"reminders": [d - 7 + i for i in range(8)]})
SPACED = {"reminders": 2, "reminder_spacing_days": 7}
facts_case("reminders far enough apart", GOOD, SPACED, lambda d: {"reminders": [d - 7, d]})
facts_case("reminders too close", FAILS, SPACED, lambda d: {"reminders": [d - 6, d]})
facts_case("the third is far enough", GOOD, SPACED, lambda d: {"reminders": [d - 10, d - 6, d - 3]})
facts_case("each too close to the first", FAILS, SPACED, lambda d: {"reminders": [d - 10, d - 6, d - 4]})
facts_case("too few reminders", FAILS, {"reminders": 3}, lambda d: {"reminders": [d - 4, d - 3]})
ONE = {"reminders": 1}
facts_case("reminder on the due day", FAILS, ONE, lambda d: {"due": d - 5, "reminders": [d - 5]})
facts_case("reminder after the due day", GOOD, ONE, lambda d: {"due": d - 5, "reminders": [d - 4]})
facts_case("reminder without a due day", GOOD, ONE, lambda d: {"reminders": [d - 9]})
FIRST = {"reminders": 1, "first_reminder_least_days": 14}
facts_case("first reminder 14 days ago", GOOD, FIRST, lambda d: {"reminders": [d - 14]})
facts_case("first reminder 13 days ago", FAILS, FIRST, lambda d: {"reminders": [d - 13, d - 9]})
facts_case("first that counts 13 days ago", FAILS, FIRST,
           lambda d: {"due": d - 14, "reminders": [d - 20, d - 14, d - 13]})
facts_case("first reminder tomorrow", GOOD, ONE, lambda d: {"reminders": [d + 1]})


def oldest(name, codes, months, beyond):
    """A report whose retention ends on its own day, or on the next."""
    def make(rng):
        log = quiet_log(rng, days_ago=rng.randint(2, 400), profile=lax(rng, retention_months=months))
        log.time += 60
        day = log.time // DAY
        fit = [day - back for back in range(28 * months - 3, 31 * months + 5)
               if last_day(day - back, months) == day + 1 - beyond]
        if not fit:
            raise Unfit()
        report = report_in_bare(log, rng, {"minor": 0, "currency": "", "occurred": rng.choice(fit),
                                           "due": 0, "reminders": [], "reason": 1})
        log.made_at = log.time - HOUR  # its erasure is not due yet
        return plan_of(rng, log, report)
    add(f"facts: {name} of {months} months", codes, make)


for months in (1, 3, 60):
    oldest("not yet at the end", GOOD, months, 0)
    oldest("at the end", FAILS, months, 1)


def raw_facts(name, change, codes=FAILS, opened=True):
    """`change` of the 256 bytes, of a REPORT."""
    def make(rng):
        log = quiet_log(rng, days_ago=rng.randint(2, 40))
        log.time += 60
        report = log.add_report()
        day = log.time // DAY
        plain = change(bytearray(pad(encode_facts({**report.facts, "currency": "IDR", "minor": 5,
                                                   "reminders": [day - 3, day - 2]}))), rng)
        nonce = rng.randbytes(24)
        report.entry.body = (report.salt + commit_to_key(report.key) + report.slots + nonce
                             + seal(report.key, 1, log.origin, nonce, bytes(plain)))
        log.publish()
        log.choose_made_at()
        return plan_of(rng, log, report if opened else None)
    add(f"facts: {name}", codes, make)


def put(at, *values):
    def change(plain, rng):
        value = rng.choice(values)
        plain[at:at + len(value)] = value
        return plain
    return change


RAW = {"version": put(0, b"\0", b"\2"), "reason": put(1, u16(0), u16(8), u16(999), u16(1000), u16(1001)),
       "amount": put(3, b"\0\3\x8d\x7e\xa4\xc6\x80\1", b"\xff" * 8),
       "currency": put(11, b"XXX", b"idr", b"BTC", b"\0\0\1", b"XAU"),
       "amount without currency": put(11, bytes(3)),
       "occurred": put(14, u32(0), u32(2932897), b"\xff" * 4), "due": put(18, u32(2932897)),
       "number of reminders": put(22, b"\0", b"\1", b"\3", b"\x09", b"\xff"),
       "reminders": put(23, u32(0), u32(2**31)), "reminders twice": lambda plain, rng: (
           put(27, bytes(plain[23:27]))(plain, rng)),
       "a reminder more": put(31, u32(1)), "settled": put(55, b"\4", b"\xff"),
       "padding": put(88, b"\1"), "padding at the end": put(255, b"\1", b"\x80")}
for name, change in RAW.items():
    raw_facts(f"{name} that is none", change)
    raw_facts(f"{name} that is none, not opened", change, GOOD, False)
raw_facts("most that can be", put(3, (10**15).to_bytes(8, "big")), GOOD)
raw_facts("a proofs root of nothing", put(56, b"\1" * 32), GOOD)


def update_facts(name, kind, plain, codes=FAILS, opened=True, associated=None, key=None):
    def make(rng):
        log = quiet_log(rng, days_ago=rng.randint(2, 40))
        report = report_in(log)
        if kind == "RESOLUTION":
            then(log, report, "DISPUTE")
        log.time += 60
        log.change(report, kind)
        entry = log.pending[-1]
        content = plain(encode_facts(report.original)) if kind == "CORRECTION" else plain
        if associated or key or content is not None:
            used = report.key if not key else rng.randbytes(32)
            number = associated or entry.kind
            entry.body = sealed_update(rng, used, number, log.origin, pad(content or b"\1" + u32(9)))
        log.publish()
        log.choose_made_at()
        return plan_of(rng, log, report if opened else None)
    add(f"facts of an update: {name}", codes, make)


def sealed_update(rng, report_key, kind, origin, plain):
    from log_model import blake2b
    salt, nonce = rng.randbytes(32), rng.randbytes(24)
    key = blake2b(report_key, b"daftar/update/v1" + salt)
    return salt + commit_to_key(key) + nonce + seal(key, kind, origin, nonce, plain)


for kind, good, bad in (("SETTLEMENT", b"\1" + u32(20000), b"\1" + u32(0)),
                        ("SETTLEMENT", b"\1" + u32(2932896), b"\1" + u32(2932897)),
                        ("SETTLEMENT", b"\1" + u32(1), b"\2" + u32(1)),
                        ("SETTLEMENT", b"\1" + u32(1), b"\1" + u32(1) + b"\1"),
                        ("DISPUTE", b"\1\3" + u32(1), b"\1\4" + u32(1)),
                        ("DISPUTE", b"\1\1" + u32(1), b"\1\0" + u32(1)),
                        ("RESOLUTION", b"\1\0" + u32(1), b"\1\2" + u32(1)),
                        ("WITHDRAWAL", b"\1\6" + u32(1), b"\1\7" + u32(1)),
                        ("WITHDRAWAL", b"\1\1" + u32(1), b"\1\0" + u32(1))):
    update_facts(f"{kind} {good.hex()}", kind, good, GOOD)
    update_facts(f"{kind} {bad.hex()}", kind, bad)
    update_facts(f"{kind} {bad.hex()}, not opened", kind, bad, GOOD, False)
update_facts("CORRECTION", "CORRECTION", lambda facts: facts + u32(1), GOOD)
update_facts("CORRECTION without a day", "CORRECTION", lambda facts: facts)
update_facts("CORRECTION to no reason", "CORRECTION", lambda facts: facts[:1] + u16(0) + facts[3:] + u32(1))
update_facts("sealed as another kind", "SETTLEMENT", None, associated=3)
update_facts("sealed under another key", "SETTLEMENT", None, key=True)
update_facts("sealed under another key, not opened", "SETTLEMENT", None, GOOD, False, key=True)


# --- the case ---

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
    "digest of another proof": replace("proof", lambda line: line[:-64] + flip(
        bytes.fromhex(line[-64:]), __import__("random").Random(1)).hex()),
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
case_of("more events", GOOD, {}, lines=lambda lines, rng: lines.insert(
    len(lines) - 1, "event 5 corrected user:x~!"))
