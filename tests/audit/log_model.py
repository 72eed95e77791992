"""A made-up log of a shop, with all that happens to its reports in time, for audit bundles.

Every choice comes from the Random that is handed over, so that a log can be made again.
"""
import pathlib
import sys

from nacl import bindings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vectors"))
# pylint: disable=wrong-import-position
import primitives  # noqa: E402
from make_entries import (ABOUT_NOTHING, ADOPTION_TYPE, ENTRY_TYPE, KINDS, blake2b,  # noqa: E402
                          commit_to_key, dsse, key_id, leaf_hash, pad, prefixed16, sha256,
                          tree_root, u8, u16, u32, u64)

NOW = 1800000000  # what the verifiers take the time to be
CLOCK_SECONDS = 300  # that clocks may differ
DAY, HOUR = 86400, 3600
REASONS = ("deposit-unsettled", "invoice-overdue", "invoice-unpaid-reminded",
           "cancelled-after-work", "no-show", "payment-reversed", "agreement-broken")
PROOF_KINDS = {"order": "application/pdf", "agreement": "image/png", "delivery-note": "image/jpeg",
               "invoice": "application/pdf", "reminder": "message/rfc822",
               "payment-record": "image/webp", "correspondence": "text/plain"}
VOPRF_KEYS = [primitives.voprf_public(scalar) for scalar in (5, 6, 7)]
# Two seeds whose keys have one ID under "toko-a.example/daftar/entry".
COLLIDING = ("toko-a.example/daftar", [sha256(b"collide %d" % i) for i in (37070, 142361)])


class Unfit(Exception):
    """A log or plan has nothing that a mutation changes; the next may."""


class Key:
    def __init__(self, seed):
        self.public, self.secret = bindings.crypto_sign_seed_keypair(seed)

    def sign(self, message):
        return bindings.crypto_sign(message, self.secret)[:64]


class Entry:
    """Fields of an entry; what `forced` holds stands in place of what would be right."""

    def __init__(self, kind, about, body, key, ground=0):
        self.kind, self.about, self.body, self.key, self.ground = KINDS[kind], about, body, key, ground
        self.index = self.issued_at = None
        self.has_body = bool(body)
        self.forced = {}

    def commitment(self):
        return sha256(b"daftar/body/v1" + self.body) if self.body else bytes(32)

    def leaf(self, origin):
        forced = self.forced
        origin = forced.get("origin", origin)
        name = origin + b"/entry"
        header = (b"DFT1" + u8(forced.get("kind", self.kind)) + u8(forced.get("ground", self.ground))
                  + u64(forced.get("index", self.index)) + u64(forced.get("issued_at", self.issued_at))
                  + u64(forced.get("about", self.about))
                  + forced.get("signer", key_id(name, 1, self.key.public))
                  + forced.get("commitment", self.commitment()) + u8(len(origin)) + origin)
        return header + forced.get("signature", self.key.sign(dsse(ENTRY_TYPE, header)))


class Profile:
    """What a made-up charter asks for of one reason."""

    def __init__(self, rng):
        def days(*choices):
            return rng.choice(choices)
        self.required = rng.sample(["identifier", "amount", "occurred", "due"], rng.randint(0, 4))
        self.least_amount = rng.choice([{}, {}, {"IDR": "250000"}, {"IDR": "0", "USD": "55.94"}])
        self.least_age_days = days(0, 0, 1, 30)
        self.reminders = days(0, 0, 1, 2, 3)
        self.reminder_spacing_days = days(0, 7) if self.reminders >= 2 else 0
        self.first_reminder_least_days = days(0, 14) if self.reminders else 0
        self.told_beforehand = rng.random() < 0.4
        self.told_least_days = days(0, 5) if self.told_beforehand else 0
        self.proof = rng.sample(sorted(PROOF_KINDS), rng.randint(1, 3)) if rng.random() < 0.4 else []
        self.second_person = rng.random() < 0.4
        self.hold_hours = days(0, 0, 1, 168)
        waits = self.needed_days() > 3 or self.least_age_days > 1
        self.retention_months = days(6, 12, 24) if waits else days(1, 2, 24, 60)

    def spacing(self):
        return self.reminder_spacing_days or 1

    def needed_days(self):
        """How long before a report its first reminder is, at least."""
        return max(self.first_reminder_least_days, self.told_least_days,
                   self.spacing() * (self.reminders - 1))

    def toml(self):
        def amounts(table):
            return "{ " + ", ".join(f'{c} = "{a}"' for c, a in table.items()) + " }"
        lines = ['legal_basis = "Made up"']
        for name in ("required", "proof"):
            if getattr(self, name):
                lines.append(f"{name} = [" + ", ".join(f'"{w}"' for w in getattr(self, name)) + "]")
        if self.least_amount:
            lines.append("least_amount = " + amounts(self.least_amount))
        for name in ("least_age_days", "reminders", "reminder_spacing_days",
                     "first_reminder_least_days", "told_least_days", "hold_hours",
                     "retention_months"):
            lines.append(f"{name} = {getattr(self, name)}")
        for name in ("told_beforehand", "second_person"):
            lines.append(f"{name} = {str(getattr(self, name)).lower()}")
        return "\n".join(lines)

    def least_minor(self):
        """By currency; both have two decimals."""
        return {c: int(float(a) * 100 + 0.5) for c, a in self.least_amount.items()}


class Charter:
    def __init__(self, rng, circle):
        self.circle = circle
        self.profiles = {REASONS.index(name) + 1: Profile(rng)
                         for name in rng.sample(REASONS, rng.randint(1, 7))}
        self.withdraw_days = rng.choice([1, 14, 30])
        self.after_settlement_hours = rng.choice([0, 24, 48])
        self.erase_after_hours = rng.choice([0, 48, 720])
        self.salt = rng.randbytes(4).hex()
        self.extra = ""  # a line at the top

    def text(self):
        reasons = "".join(f"\n[reasons.{REASONS[reason - 1]}]\n{profile.toml()}\n"
                          for reason, profile in self.profiles.items())
        return f"""{self.extra}version = 1
circle = "{self.circle.hex()}"
name = "Made up {self.salt}"
purpose = "A test."
region = "ID"
[dispute]
flag_days = 1
withdraw_days = {self.withdraw_days}
[withdrawal]
after_settlement_hours = {self.after_settlement_hours}
erase_after_hours = {self.erase_after_hours}
{reasons}""".encode()

    def longest_retention(self):
        return max(profile.retention_months for profile in self.profiles.values())


def encode_facts(facts):
    days = facts["reminders"] + [0] * (8 - len(facts["reminders"]))
    return (u8(1) + u16(facts["reason"]) + u64(facts["minor"])
            + (facts["currency"].encode() or bytes(3)) + u32(facts["occurred"]) + u32(facts["due"])
            + u8(len(facts["reminders"])) + b"".join(map(u32, days)) + u8(facts["settled"])
            + facts["proofs_root"])


def last_day(day, months):
    """The day so many months after `day`, as the retention counts."""
    import calendar
    import datetime
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
    total = date.year * 12 + date.month - 1 + months
    year, month = total // 12, total % 12 + 1
    then = datetime.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))
    return (then - datetime.date(1970, 1, 1)).days


class Report:
    def __init__(self, log, rng, charter, time):
        self.log, self.charter, self.time, self.day = log, charter, time, time // DAY
        self.index, self.updates, self.entry = None, [], None
        self.settled = self.disputed = self.withdrawn = self.erased = None  # when
        reason = rng.choice(sorted(charter.profiles)) if charter else rng.randint(1, 7)
        self.profile = charter.profiles[reason] if charter else Profile(rng)
        self.proofs = []
        kinds = list(self.profile.proof) or (["invoice"] if rng.random() < 0.3 else [])
        for number, kind in enumerate(kinds[:1] + rng.sample(sorted(PROOF_KINDS), len(kinds) and 2)):
            content, salt = rng.randbytes(20), rng.randbytes(32)
            self.proofs.append((number + 1, kind, content, salt,
                                sha256(b"daftar/proof/v1" + salt + content)))
        self.facts = self.original = self.make_facts(rng, reason)
        self.make_story(rng)
        self.salt, self.nonce = rng.randbytes(32), rng.randbytes(24)
        self.key = blake2b(log.record_key, b"daftar/k/v1" + self.salt)
        self.slots = rng.randbytes(256)

    def make_facts(self, rng, reason):
        profile, day = self.profile, self.day
        least = profile.least_minor()
        currency, minor = "", 0
        if "amount" in profile.required or least or rng.random() < 0.5:
            currency = rng.choice(sorted(least) or ["IDR", "JPY", "KWD"])
            minor = max(1, least.get(currency, 0)) + rng.choice([0, 0, 1, rng.randrange(10**9)])
        first = day - profile.needed_days() - rng.choice([0, 0, 2])
        reminders = [first + i * profile.spacing() for i in range(profile.reminders)]
        self.first = first
        latest = min(day - profile.least_age_days, first - 1 if reminders else day)
        due = 0
        if "due" in profile.required or rng.random() < 0.5:
            due = min(latest, day - 1) - rng.choice([0, 0, rng.randint(0, 9)])
            occurred = due - rng.choice([0, 3, 9])
            if reason not in (2, 3) and not profile.least_age_days and not reminders:
                due += rng.choice([0, 0, 40])  # reported before it was due
            if reminders and rng.random() < 0.3:
                reminders = [due - rng.randint(0, 3)] + reminders  # does not count
        else:
            occurred = latest - rng.choice([0, rng.randint(0, 9)])
            if occurred == day:
                occurred += rng.choice([0, 1])
        # A short retention goes with short waits, so that it has not ended yet.
        assert day < last_day(min(occurred, day), profile.retention_months)
        root = (tree_root([leaf_hash(d) for d in sorted(p[4] for p in self.proofs)])
                if self.proofs else bytes(32))
        return {"reason": reason, "minor": minor, "currency": currency, "occurred": occurred,
                "due": due, "reminders": reminders, "settled": rng.randint(0, 3),
                "proofs_root": root}

    def make_story(self, rng):
        """What the case tells."""
        profile, day = self.profile, self.day
        latest = min(day - profile.told_least_days, day + 1)
        earliest = self.first if profile.reminders else latest - 10
        self.told_on = None
        if profile.told_beforehand:
            self.told_on = rng.choice([latest, max(earliest, latest - 3)])
        self.notice = None
        if profile.hold_hours or rng.random() < 0.2:
            self.notice = self.time - profile.hold_hours * HOUR - rng.choice([0, 0, 600])
        self.filed_by = rng.choice(["uid:1000", "user:budi"])
        self.approved_by = "user:siti" if profile.second_person or rng.random() < 0.5 else None

    def body(self, facts=None):
        nonce = self.nonce
        sealed = seal(self.key, 1, self.log.origin, nonce, pad(encode_facts(facts or self.facts)))
        return self.salt + commit_to_key(self.key) + self.slots + nonce + sealed

    def update(self, rng, kind, plain):
        salt, nonce = rng.randbytes(32), rng.randbytes(24)
        key = blake2b(self.key, b"daftar/update/v1" + salt)
        return (salt + commit_to_key(key) + nonce
                + seal(key, KINDS[kind], self.log.origin, nonce, pad(plain)))

    def limits(self):
        """(time, kinds of entry that end it) of what has begun and not ended."""
        if self.erased or not self.charter:
            return []
        charter, pending = self.charter, []
        if self.withdrawn:
            pending.append((self.withdrawn + charter.erase_after_hours * HOUR, ["ERASURE"]))
        else:
            if self.settled:
                pending.append((self.settled + charter.after_settlement_hours * HOUR,
                                ["WITHDRAWAL", "ERASURE"]))
            if self.disputed:
                pending.append((self.disputed + charter.withdraw_days * DAY,
                                ["RESOLUTION", "WITHDRAWAL", "ERASURE"]))
        occurred = min(self.facts["occurred"], self.day)
        pending.append((last_day(occurred, self.profile.retention_months) * DAY, ["ERASURE"]))
        return pending


def seal(key, kind, origin, nonce, plain):
    return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, u8(kind) + origin, nonce, key)


class Log:
    """`entries` in order; `keys` the key sets by the index of their KEYS; `reports`. A log of which
    one entry is wanted has KEYS alone, any other one at least what a log begins with.
    """

    def __init__(self, rng, entries_wanted, colliding=False, start=None):
        self.rng = rng
        self.origin = rng.choice([b"toko-a.example/daftar", b"x", b"a" * 190 + b"/z.9-"])
        if colliding:
            self.origin = COLLIDING[0].encode()
        self.record_key, self.circle = rng.randbytes(32), rng.randbytes(16)
        self.entries, self.reports, self.keys, self.charters = [], [], {}, []
        self.pending = []
        self.time = start or NOW - rng.randint(1, 200) * DAY + rng.randrange(DAY)
        self.current = self.new_keys()
        if colliding:
            self.current["entry"] = Key(COLLIDING[1][0])
        self.begin(alone=entries_wanted == 1)
        while len(self.entries) < entries_wanted and self.pass_time():
            self.act()
            self.publish()
        self.choose_made_at()

    def choose_made_at(self):
        """At a time at which no limit is missed, but not before the last entry."""
        latest = min([NOW + CLOCK_SECONDS] + [limit + HOUR for report in self.reports
                                              for limit, _ in report.limits()])
        earliest = self.time - CLOCK_SECONDS
        if latest < earliest:
            raise Unfit()
        self.made_at = self.rng.choice([earliest, min(self.time, latest), latest,
                                        self.rng.randint(earliest, latest)])

    def new_keys(self):
        keys = {use: Key(self.rng.randbytes(32)) for use in ("entry", "head", "mirror", "self")}
        return {**keys, "epoch": self.rng.randrange(2**32), "tls": self.rng.randbytes(32),
                "voprf": self.rng.choice(VOPRF_KEYS)}

    def keys_body(self, keys):
        return self.rng.randbytes(32) + prefixed16(
            *(keys[use].public for use in ("entry", "head", "mirror", "self")), keys["tls"],
            u32(keys["epoch"]), keys["voprf"])

    def begin(self, alone):
        """`alone`: with KEYS and nothing else."""
        if not alone and self.rng.random() < 0.2:
            old = Key(self.rng.randbytes(32))
            fields = (b"old.example/daftar", u64(self.rng.randrange(2**63)), self.rng.randbytes(32))
            statement = prefixed16(self.origin, self.current["entry"].public, *fields)
            body = self.rng.randbytes(32) + prefixed16(*fields, old.sign(dsse(ADOPTION_TYPE, statement)))
            self.append(Entry("ADOPTION", ABOUT_NOTHING, body, self.current["entry"]))
        self.append(Entry("KEYS", ABOUT_NOTHING, self.keys_body(self.current), self.current["entry"]))
        if not alone and self.rng.random() < 0.9:
            self.append(self.charter_entry(Charter(self.rng, self.circle)))

    def charter_entry(self, charter):
        entry = Entry("CHARTER", ABOUT_NOTHING,
                      self.rng.randbytes(32) + prefixed16(sha256(charter.text())), None)
        entry.charter = charter
        return entry

    def append(self, entry):
        """At the end of the log, under the keys and the charter before it."""
        entry.index, entry.issued_at = len(self.entries), self.time
        entry.key = entry.key or self.current["entry"]
        if entry.kind == KINDS["KEYS"]:
            self.current = getattr(entry, "keys", self.current)
            self.keys[entry.index] = self.current
        if entry.kind == KINDS["CHARTER"]:
            self.charters.append(entry.charter)
        self.entries.append(entry)

    def pass_time(self):
        rng = self.rng
        step = rng.choice([1, 30, 30, 3600, rng.randint(1, DAY), rng.randint(1, 10 * DAY)])
        first = min([limit + HOUR for report in self.reports for limit, _ in report.limits()],
                    default=self.time + step)
        time = max(self.time + 1, min(self.time + step, first))
        if time > NOW + rng.choice([0, 300]):
            return False
        self.time = time
        return True

    def tick(self, seconds, *entries):
        """Publishes these so much later."""
        self.time += seconds
        self.pending.extend(entries)
        self.publish()

    def add_report(self, **facts):
        """To what is pending; `facts` in place of those that would fit the charter."""
        report = Report(self, self.rng, self.charters[-1] if self.charters else None, self.time)
        report.facts = report.original = {**report.facts, **facts}
        entry = Entry("REPORT", ABOUT_NOTHING, report.body(), None)
        entry.report, report.entry = report, entry
        self.pending.append(entry)
        return report

    def add_keys(self, kept=()):
        keys = self.new_keys()
        for use in kept:
            keys[use] = self.current[use]
        entry = Entry("KEYS", ABOUT_NOTHING, self.keys_body(keys), None)
        entry.keys = keys
        self.pending.append(entry)
        return entry

    def act(self):
        rng = self.rng
        for report in self.reports:
            late = [kinds for limit, kinds in report.limits() if limit + HOUR <= self.time + 2]
            soon = [kinds for limit, kinds in report.limits() if limit <= self.time]
            if late:
                self.change(report, "ERASURE" if ["ERASURE"] in late else rng.choice(late[0]))
            elif soon and rng.random() < 0.5:
                self.change(report, "ERASURE" if ["ERASURE"] in soon else rng.choice(soon[0]))
            elif rng.random() < 0.3 and not report.erased:
                self.change(report, rng.choice(self.possible(report)))
        if rng.random() < 0.5 or not self.reports:
            for _ in range(rng.randint(1, 3)):
                self.add_report()
        if rng.random() < 0.08:
            self.pending.append(self.charter_entry(Charter(rng, self.circle)))
        if rng.random() < 0.1:
            self.add_keys(rng.choice([(), ("entry", "head", "mirror", "self"), ("head",), ("entry",)]))

    @staticmethod
    def possible(report):
        if report.withdrawn:
            return ["ERASURE"]
        return (["CORRECTION", "RELABEL", "WITHDRAWAL", "ERASURE"]
                + ["SETTLEMENT"] * (not report.settled) + ["RESOLUTION" if report.disputed else "DISPUTE"])

    def change(self, report, kind):
        rng, time = self.rng, self.time
        today, ground = u32(time // DAY), 0
        if kind == "ERASURE":
            body, ground = b"", rng.randint(1, 5)
            report.erased = time
            for entry in [report.entry] + report.updates:
                entry.has_body = False
        elif kind == "RELABEL":
            body = rng.randbytes(32) + commit_to_key(report.key) + rng.randbytes(256)
        elif kind == "CORRECTION":
            report.facts = {**report.facts, "minor": report.facts["minor"] // 2,
                            "occurred": report.facts["occurred"] + rng.choice([0, 1, 3])}
            body = report.update(rng, kind, encode_facts(report.facts) + today)
            report.corrected_at = time
        else:
            if kind == "SETTLEMENT":
                report.settled, plain = time, b""
            elif kind == "DISPUTE":
                report.disputed, plain = time, u8(rng.randint(1, 3))
            elif kind == "RESOLUTION":
                report.disputed, plain = None, u8(rng.randint(0, 1))
            else:
                report.withdrawn, plain = time, u8(rng.randint(1, 6))
            body = report.update(rng, kind, u8(1) + plain + today)
        entry = Entry(kind, report.index, body, None, ground)
        entry.report = report
        report.updates.append(entry)
        self.pending.append(entry)

    def publish(self):
        reports = [entry for entry in self.pending if entry.kind == 1]
        rest = [entry for entry in self.pending if entry.kind != 1]
        reports.sort(key=Entry.commitment)
        rest.sort(key=lambda entry: (entry.about, entry.kind, entry.commitment()))
        for entry in reports + rest:
            self.append(entry)
            if entry.kind == 1:
                entry.report.index = entry.index
                self.reports.append(entry.report)
        self.pending = []

    def leaves(self):
        return [entry.leaf(self.origin) for entry in self.entries]

    def keys_before(self, index):
        return self.keys[max(at for at in self.keys if at < index)]


# --- proofs, RFC 6962 section 2.1 ---

def split_of(count):
    split = 1
    while split * 2 < count:
        split *= 2
    return split


def inclusion_proof(index, hashes):
    if len(hashes) == 1:
        return []
    split = split_of(len(hashes))
    if index < split:
        return inclusion_proof(index, hashes[:split]) + [tree_root(hashes[split:])]
    return inclusion_proof(index - split, hashes[split:]) + [tree_root(hashes[:split])]


def consistency_proof(old, hashes, whole=True):
    if old == len(hashes):
        return [] if whole else [tree_root(hashes)]
    split = split_of(len(hashes))
    if old <= split:
        return consistency_proof(old, hashes[:split], whole) + [tree_root(hashes[split:])]
    return consistency_proof(old - split, hashes[split:], False) + [tree_root(hashes[:split])]


def frontier(hashes):
    roots, at = [], 0
    for level in reversed(range(40)):
        if len(hashes) >> level & 1:
            roots.append(tree_root(hashes[at:at + 2**level]))
            at += 2**level
    return roots
