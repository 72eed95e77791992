"""The mutations of the order of entries, and of the times in which things must be done.

Times are chosen to the second, the last that is good and the first that is not.
"""
from log_model import Charter, DAY, Entry, HOUR, Log, NOW, encode_facts, last_day, u32
from make_bundles import Plan
from mutate import FAILS, GOOD, add, need
from mutate_case import story
from stories import lax, plan_of, quiet_log, report_in, then


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
        # Also before the limit, as far as clocks may differ: that excuses nothing.
        log.made_at = log.time + rng.choice([0, HOUR, -1, -300])
        return plan_of(rng, log)

    when = "1 s too late" if late else "in time"
    add(f"deadlines: {begun_by} open, {when}", codes, never)
    add(f"deadlines: {begun_by} ended {when}", codes, ended)


for kind in LIMITS:
    deadline(kind, 0)
    deadline(kind, 1)


def made_early(begun_by, way):
    """A limit that was missed, in a bundle that says it was made in time."""
    limit, enders = LIMITS[begun_by]

    def make(rng):
        log = quiet_log(rng)
        report = report_in(log)
        then(log, report, begun_by)
        last = log.time + limit + GRACE
        late = rng.choice([1, 301, DAY])
        if way == "ended late":
            then(log, report, rng.choice(enders), limit + GRACE + late)
        else:
            log.tick(limit + GRACE + max(late, 301), log.charter_entry(Charter(rng, log.circle)))
        log.made_at = rng.choice([1, last, last - 1])
        return plan_of(rng, log, rng.choice([None, report]) if way == "open" else None)
    add(f"deadlines: {begun_by} {way}, made before", FAILS, make)


for kind in LIMITS:
    made_early(kind, "ended late")
    made_early(kind, "open")


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
