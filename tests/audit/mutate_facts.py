"""The mutations of facts: what the charter asks for, to the day, and their format."""
from log_model import DAY, HOUR, blake2b, commit_to_key, encode_facts, last_day, pad, seal, u16, u32
from mutate import FAILS, GOOD, Unfit, add
from stories import lax, plan_of, quiet_log, report_in, then


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
        log.time += DAY - log.time % DAY + rng.randrange(HOUR)
        day = log.time // DAY
        fit = [day - back for back in range(28 * months - 3, 31 * months + 5)
               if last_day(day - back, months) == day + 1 - beyond]
        if not fit:
            raise Unfit()
        report = report_in_bare(log, rng, {"minor": 0, "currency": "", "occurred": rng.choice(fit),
                                           "due": 0, "reminders": [], "reason": 1})
        log.made_at = rng.randint(log.time, day * DAY + HOUR)  # its erasure is not overdue yet
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
