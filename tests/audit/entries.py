"""Entries of a log, their bodies and facts, as docs/protocol.md has them."""
import datetime

from nacl import bindings, exceptions

from charter import CURRENCIES
from encoding import (LIMIT, Malformed, ORIGIN, Reader, blake2b, dsse, is_ristretto_element, key_id,
                      require, sha256, verifies)
from merkle import leaf_hash

(REPORT, SETTLEMENT, DISPUTE, RESOLUTION, CORRECTION, WITHDRAWAL, ERASURE, RELABEL, KEYS, CHARTER,
 ADOPTION) = range(1, 12)
ABOUT_A_REPORT = range(SETTLEMENT, RELABEL + 1)
ROOTS_OF_TRUST = (KEYS, CHARTER, ADOPTION)
WITH_FACTS = range(REPORT, WITHDRAWAL + 1)
ABOUT_NOTHING = 2**64 - 1
ENTRY_TYPE = b"application/vnd.daftar.entry.v1+bin"
LAST_DATE = 2932896  # 9999-12-31
MAX_MINOR = 10**15
DAY = 86400


class Entry:
    """Header and signature; raises Malformed. `body` is None where the bundle has none."""

    def __init__(self, leaf):
        reader = Reader(leaf)
        require(reader.take(4) == b"DFT1", "no entry")
        self.kind, self.ground = reader.number(1), reader.number(1)
        self.index, self.issued_at, self.about = (reader.number(8) for _ in range(3))
        self.signer, self.commitment = reader.take(4), reader.take(32)
        origin = reader.prefixed(1)
        self.header, self.signature = leaf[:reader.at], reader.take(64)
        reader.end()
        self.leaf, self.body = leaf, None
        self.origin = origin.decode("latin-1")
        require(ORIGIN.match(self.origin), "an entry's origin is none")
        require(REPORT <= self.kind <= ADOPTION, "an entry is of no kind")
        grounds = range(1, 6) if self.kind == ERASURE else (0,)
        require(self.ground in grounds, "an entry has a wrong ground")
        require(self.index < LIMIT and self.issued_at < LIMIT, "an entry's number is too large")
        if self.kind in ABOUT_A_REPORT:
            require(self.about < self.index, "an entry is about a later one")
        else:
            require(self.about == ABOUT_NOTHING, "an entry is about something")
        require((self.commitment == bytes(32)) == (self.kind == ERASURE), "a commitment is wrong")

    @property
    def hash(self):
        return leaf_hash(self.leaf)

    @property
    def report(self):
        """The index of the REPORT that this is or is about, or None."""
        if self.kind == REPORT:
            return self.index
        return self.about if self.kind in ABOUT_A_REPORT else None

    @property
    def day(self):
        return self.issued_at // DAY

    def is_signed_by(self, public_key):
        return (self.signer == key_id(self.origin + "/entry", 1, public_key)
                and verifies(public_key, dsse(ENTRY_TYPE, self.header), self.signature))

    def body_fits(self):
        return sha256(b"daftar/body/v1" + self.body) == self.commitment


# --- bodies ---

class Keys:
    def __init__(self, body):
        reader = Reader(body)
        reader.take(32)
        self.entry, self.head, self.mirror, self.self = (reader.field(32) for _ in range(4))
        reader.field(32)
        reader.field(4)
        voprf = reader.field(32)
        reader.end()
        require(len({self.entry, self.head, self.mirror, self.self}) == 4, "keys are the same")
        require(is_ristretto_element(voprf), "the VOPRF key is no element")


def charter_of(body):
    reader = Reader(body)
    reader.take(32)
    digest = reader.field(32)
    reader.end()
    return digest


def check_adoption(body):
    reader = Reader(body)
    reader.take(32)
    require(ORIGIN.match(reader.prefixed(2).decode("latin-1")), "the old origin is none")
    require(int.from_bytes(reader.field(8), "big") < LIMIT, "the old size is too large")
    reader.field(32)
    reader.field(64)
    reader.end()


def check_body(kind, body):
    """Raises Malformed where a body has not the format of its kind."""
    if kind == KEYS:
        Keys(body)
    elif kind == CHARTER:
        charter_of(body)
    elif kind == ADOPTION:
        check_adoption(body)
    else:
        lengths = {REPORT: 616, RELABEL: 320, ERASURE: 0}
        require(len(body) == lengths.get(kind, 360), "a body has the wrong length")


# --- facts ---

class Facts:
    """Of a REPORT or CORRECTION."""

    def __init__(self, reader):
        self.reason, self.minor = reader.number(2), reader.number(8)
        currency = reader.take(3)
        self.occurred, self.due = a_date(reader), a_date(reader, may_be_absent=True)
        count = reader.number(1)
        days = [reader.number(4) for _ in range(8)]
        self.settled_before, self.proofs_root = reader.number(1), reader.take(32)
        require(1 <= self.reason <= 7, "the reason is unknown")
        require(self.minor <= MAX_MINOR, "the amount is too large")
        self.currency = "" if currency == bytes(3) else currency.decode("latin-1")
        require(self.currency in CURRENCIES if self.currency else self.minor == 0,
                "the currency is unknown")
        require(count <= 8 and not any(days[count:]), "the reminders are wrong")
        self.reminders = days[:count]
        require(all(a < b <= LAST_DATE for a, b in zip([0] + self.reminders, self.reminders)),
                "the reminders are not ascending")
        require(self.settled_before <= 3, "a number is unknown")


def a_date(reader, may_be_absent=False):
    day = reader.number(4)
    require(day <= LAST_DATE and (day or may_be_absent), "a date is wrong")
    return day


def decode_facts(kind, data):
    """The Facts of a REPORT or CORRECTION, None of others; raises Malformed."""
    reader = Reader(data)
    require(reader.number(1) == 1, "facts of another version")
    facts = Facts(reader) if kind in (REPORT, CORRECTION) else None
    choices = {DISPUTE: (1, 2, 3), RESOLUTION: (0, 1), WITHDRAWAL: range(1, 7)}.get(kind)
    if choices is not None:
        require(reader.number(1) in choices, "a number is unknown")
    if kind != REPORT:
        a_date(reader)
    require(not any(reader.rest()), "facts are not padded with zeros")
    return facts


def open_facts(entry, report_key):
    """Facts of `entry`, a REPORT with this key or an update about it; raises Malformed."""
    body = Reader(entry.body)
    salt, commitment = body.take(32), body.take(32)
    if entry.kind == REPORT:
        key = report_key
        body.take(4 * 64)
    else:
        key = blake2b(report_key, b"daftar/update/v1" + salt)
    nonce, sealed = body.take(24), body.rest()
    require(blake2b(b"", b"daftar/kc/v1" + key) == commitment, "the key does not fit")
    associated = bytes([entry.kind]) + entry.origin.encode()
    try:
        facts = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, associated, nonce, key)
    except exceptions.CryptoError as error:
        raise Malformed("the facts do not open") from error
    return decode_facts(entry.kind, facts)


# --- days ---

def add_months(day, months):
    """The day so many calendar months later, the month's last where it has no such day."""
    # The calendar repeats every 400 years, so that years past 9999 need no date of their own.
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=day - 400 * 365 - 97)
    month = date.month - 1 + months
    year, month = date.year + month // 12, month % 12 + 1
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    last = (following - datetime.timedelta(days=1)).day
    then = datetime.date(year, month, min(date.day, last))
    return (then - datetime.date(1970, 1, 1)).days + 400 * 365 + 97
