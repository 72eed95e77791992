"""The mutations of charters, and of the keys that open reports."""
from log_model import Charter, Log, NOW, sha256
from mutate import FAILS, GOOD, add, flip, mutation, need
from mutate_entries import any_of, with_lengths
from mutate_keys import fits, log_mutation
from mutate_notes import split_u32
from stories import lax, quiet_log


BROKEN_CHARTERS = {
    "version": ("version = 1", "version = 2"), "no version": ("version = 1\n", ""),
    "version as text": ("version = 1", 'version = "1"'),
    "circle in capitals": None, "circle of zeros": None,
    "no name": ('name = "Made', '# "Made'), "empty name": ('purpose = "A test."', 'purpose = ""'),
    "long name": ('name = "Made up ', 'name = "' + "x" * 93), "region": ('"ID"', '"XX"'),
    "unknown key": ('region = "ID"', 'region = "ID"\nregions = 1'),
    "unknown table": ("[dispute]", "[disputes]\n[dispute]"),
    "flag_days of 0": ("flag_days = 1", "flag_days = 0"),
    "flag_days of 91": ("flag_days = 1", "flag_days = 91"),
    "flag_days as float": ("flag_days = 1", "flag_days = 1.0"),
    "flag_days as bool": ("flag_days = 1", "flag_days = true"),
    "unknown key in a table": ("flag_days = 1", "flag_days = 1\nflag = 1"),
    "withdraw_days of 181": ("[withdrawal]", "withdraw_day = 181\n[withdrawal]"),
    "settlement hours": ("after_settlement_hours = ", "after_settlement_hours = 9"),
    "unknown reason": ("[reasons.", "[reasons.bad-taste]\nlegal_basis = \"x\"\n[reasons."),
    "reason for oneself": ("[reasons.", "[reasons.kickback]\nlegal_basis = \"x\"\n[reasons."),
    "no legal basis": ('legal_basis = "Made up"', 'legal_basis = ""'),
    "two lines": ('legal_basis = "Made up"', 'legal_basis = "Made\\nup"'),
    "not TOML": ("[dispute]", "[dispute"), "a key twice": ('region = "ID"', 'region = "ID"\nregion = "ID"'),
    "too many full stops": ("version", "#" + "." * 2001 + "\nversion"),
    "too large": ("version", "#" + "x" * 262144 + "\nversion"),
    "hold_hours": ("hold_hours = ", "hold_hours = 9999"),
    "retention of 0": ("retention_months = ", "retention_months = 0 #"),
    "retention of 61": ("retention_months = ", "retention_months = 61 #"),
    "quota": ("[dispute]", "[quota]\nevaluations_per_node_per_day = 9999\n[dispute]"),
    "quota of a partner": ("[dispute]", "[quota]\nevaluations_per_partner_per_day = 50001\n[dispute]"),
    "quarantine": ("[dispute]", "[quarantine]\nflood_times_usual = 1\n[dispute]"),
    "shared identifier": ("[dispute]", "[shared_identifier]\nnames = 16\n[dispute]"),
    "small amount": ("[dispute]", "[small_amount]\nIDX = \"1\"\n[dispute]"),
    "small amount as number": ("[dispute]", "[small_amount]\nIDR = 1\n[dispute]"),
    "small amount with decimals": ("[dispute]", "[small_amount]\nJPY = \"1.5\"\n[dispute]"),
    "tick": ("region", "tick_ms = 99\nregion"), "stale": ("region", "stale_after_s = 604801\nregion"),
    "no reasons": None, "no UTF-8": None,
    "told_beforehand as number": ("told_beforehand = ", "told_beforehand = 1 #"),
    "proof as bool": ("least_age_days", "proof = true\nleast_age_days"),
    "proof empty": ("least_age_days", "proof = []\nleast_age_days"),
    "proof unknown": ("least_age_days", 'proof = ["photo"]\nleast_age_days'),
    "required unknown": ("reminders = ", 'required = ["colour"]\nreminders = '),
    "required twice": ("reminders = ", 'required = ["due", "due"]\nreminders = '),
}


def broken_charter(name, replacement):
    def make(rng):
        log = Log(rng, rng.randint(2, 6))
        need(log.time < NOW - 5000)
        charter = Charter(rng, log.circle)
        for profile in charter.profiles.values():
            if "proof" in name:
                profile.proof = []
            if "required" in name:
                profile.required = []
        text = charter.text()
        if replacement:
            assert replacement[0].encode() in text, name
            text = text.replace(replacement[0].encode(), replacement[1].encode(), 1)
        elif name == "circle in capitals":
            text = text.replace(log.circle.hex().encode(), log.circle.hex().upper().encode())
        elif name == "circle of zeros":
            text = text.replace(log.circle.hex().encode(), b"0" * 32)
        elif name == "no reasons":
            text = text[:text.index(b"\n[reasons")]
        else:
            text = text.replace(b"A test.", b"A \xff test.")
        need(text != charter.text() and text.count(b"99999999") == 0)
        charter.text = lambda: text
        log.tick(60, log.charter_entry(charter))
        return fits(rng, log)
    add(f"charter: {name}", FAILS, make)


for name, replacement in BROKEN_CHARTERS.items():
    broken_charter(name, replacement)


@log_mutation("charter: full", GOOD)
def _(log, rng):
    charter = Charter(rng, log.circle)
    charter.extra = "#" + "." * rng.choice([1500, 0]) + '\ntick_ms = 600000\nstale_after_s = 10\n'
    text = charter.text().replace(b"[dispute]", b"""[quota]
evaluations_per_partner_per_day = 50000
[quarantine]
flood_times_usual = 1000
withdrawn_percent = 100
[shared_identifier]
live_reports = 1000
[small_amount]
IDR = "1.5"
JPY = "10000"
KWD = "0.125"
[dispute]""", 1)
    charter.text = lambda: text
    log.tick(60, log.charter_entry(charter))


@log_mutation("charter: of another circle", FAILS)
def _(log, rng):
    log.tick(60, log.charter_entry(Charter(rng, rng.randbytes(16))))


def many_charters(count, codes):
    def make(rng):
        log = quiet_log(rng, days_ago=2)
        charters = [Charter(rng, log.circle) for _ in range(count - len(log.charters))]
        for charter in charters:  # as little to read as may be
            charter.profiles = {1: lax(rng)}
        log.tick(60, *(log.charter_entry(charter) for charter in charters))
        return fits(rng, log, kind="log", begin=0)
    add(f"charters: {count} files", codes, make)


many_charters(1000, GOOD)
many_charters(1001, FAILS)


@mutation("charters: one that no entry states", FAILS)
def _(plan, rng):
    def on_files(files):
        texts = split_u32(files["charters"]) + [Charter(rng, plan.circle).text()]
        files["charters"] = with_lengths(sorted(texts, key=sha256))
    plan.on("files", on_files)


@mutation("charters: not ascending", FAILS)
def _(plan, rng):
    def on_files(files):
        texts = split_u32(files["charters"])
        need(len(texts) >= 2)
        files["charters"] = with_lengths(texts[::-1])
    plan.on("files", on_files)


# --- openings ---

def opening_mutation(name, codes=FAILS):
    def register(change):
        @mutation(f"openings: {name}", codes)
        def _(plan, rng):
            need(plan.openings)
            change(plan, any_of(sorted(plan.openings), rng), rng)
        return change
    return register


@opening_mutation("key of another report")
def _(plan, index, rng):
    plan.openings[index] = any_of([r.key for r in plan.log.reports if r.index != index], rng)


@opening_mutation("a key of nothing")
def _(plan, index, rng):
    plan.openings[index] = flip(plan.openings[index], rng)


@opening_mutation("of an entry that is no report")
def _(plan, index, rng):
    others = [e.index for e in plan.log.entries if e.kind != 1] + [plan.end, 2**63, 2**64 - 1]
    plan.openings[any_of(others, rng)] = rng.randbytes(32)


@opening_mutation("of a report that is erased, or not there")
def _(plan, index, rng):
    gone = [r for r in plan.log.reports if not r.entry.has_body or r.entry not in plan.own()]
    report = any_of(gone, rng)
    plan.openings[report.index] = report.key


@mutation("openings: left out", GOOD)
def _(plan, rng):
    plan.openings, plan.case, plan.with_openings = {}, None, False


@mutation("openings: left out, but not the case", FAILS)
def _(plan, rng):
    need(plan.case)
    plan.openings, plan.with_openings = {}, rng.random() < 0.5
