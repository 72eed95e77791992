"""The mutations of the keys of a log, and of how it begins."""
from log_model import (ABOUT_NOTHING, COLLIDING, Charter, Entry, Key, Log, NOW, VOPRF_KEYS,
                       prefixed16, u32, u64, u8)
from make_bundles import Plan
from mutate import EITHER, FAILS, GOOD, add, need
from mutate_case import fields


def fits(rng, log, **options):
    log.choose_made_at()
    return Plan(rng, log=log, **options)


def log_mutation(name, codes, count=(2, 8), after=True):
    """Of a function that adds to a made-up log, which goes on afterwards."""
    def register(change):
        def make(rng):
            log = Log(rng, rng.randint(*count), colliding=name.startswith("keys: two of one ID"))
            need(log.time < NOW - 5000)
            change(log, rng)
            if after:
                log.tick(1 + rng.randrange(9))
                log.add_report()
                log.publish()
            options = {"begin": rng.choice([0, len(log.entries) - 1])} if len(log.entries) > 1 else {}
            return fits(rng, log, kind=rng.choice(["log", "excerpt"]), **options)
        add(name, codes, make)
        return change
    return register


def new_keys_entry(log, rng, kept=(), **changed):
    """A KEYS entry at the next tick, with these keys in place of fresh ones."""
    keys = log.new_keys()
    keys.update({use: log.current[use] for use in kept}, **changed)
    entry = Entry("KEYS", ABOUT_NOTHING, log.keys_body(keys), None)
    entry.keys = keys
    log.time += 60
    return entry


@log_mutation("keys: new", GOOD)
def _(log, rng):
    log.tick(0, new_keys_entry(log, rng))


@log_mutation("keys: a new epoch of the same", GOOD)
def _(log, rng):
    log.tick(0, new_keys_entry(log, rng, ("entry", "head", "mirror", "self")))


@log_mutation("keys: back to the first entry key", GOOD)
def _(log, rng):
    first = log.current["entry"]
    log.tick(0, new_keys_entry(log, rng))
    log.tick(0, new_keys_entry(log, rng, entry=first))


@log_mutation("keys: signed by itself", FAILS)
def _(log, rng):
    entry = new_keys_entry(log, rng)
    entry.key = entry.keys["entry"]
    log.tick(0, entry)


@log_mutation("keys: signed by the keys before the last", FAILS)
def _(log, rng):
    old = log.current["entry"]
    log.tick(0, new_keys_entry(log, rng))
    entry = new_keys_entry(log, rng)
    entry.key = old
    log.tick(0, entry)


@log_mutation("keys: an entry after them signed by the old", FAILS, after=False)
def _(log, rng):
    old = log.current["entry"]
    log.tick(0, new_keys_entry(log, rng))
    entry = log.charter_entry(Charter(rng, log.circle))
    entry.key = old
    log.tick(60, entry)


@log_mutation("keys: two of one ID", FAILS)
def _(log, rng):
    log.tick(0, new_keys_entry(log, rng, entry=Key(COLLIDING[1][1])))


@log_mutation("keys: two that are the same", FAILS)
def _(log, rng):
    uses = rng.sample(["entry", "head", "mirror", "self"], 2)
    same = Key(rng.randbytes(32))
    log.tick(0, new_keys_entry(log, rng, **{use: same for use in uses}))


@log_mutation("keys: VOPRF key that is none", FAILS)
def _(log, rng):
    log.tick(0, new_keys_entry(log, rng, voprf=rng.choice([
        bytes(32), u8(1) + bytes(31), b"\xff" * 32, (2**255 - 19).to_bytes(32, "little"),
        bytes(x ^ (0x80 * (i == 31)) for i, x in enumerate(VOPRF_KEYS[0])),
        (2**255 - 19 - int.from_bytes(VOPRF_KEYS[0], "little")).to_bytes(32, "little")])))


@log_mutation("keys: VOPRF key of random bytes", EITHER)
def _(log, rng):
    log.tick(0, new_keys_entry(log, rng, voprf=rng.randbytes(31) + u8(rng.randrange(128))))


@log_mutation("keys: entry key of small order", FAILS)
def _(log, rng):
    key = Key(rng.randbytes(32))
    key.public = u8(1) + bytes(31)
    key.sign = lambda message: u8(1) + bytes(63)
    log.tick(0, new_keys_entry(log, rng, entry=key))


@log_mutation("keys: an adoption in the middle", FAILS)
def _(log, rng):
    body = rng.randbytes(32) + prefixed16(b"old.example/x", u64(3), rng.randbytes(32), rng.randbytes(64))
    log.tick(60, Entry("ADOPTION", ABOUT_NOTHING, body, None))


def beginning(name, codes):
    """Of a log whose first entries a function makes; it gets an empty log with a key set."""
    def register(change):
        def make(rng):
            log = Log(rng, 0)
            log.entries, log.charters, log.keys = [], [], {}
            change(log, rng)
            log.tick(60, log.charter_entry(Charter(rng, log.circle)))
            log.time += 60
            log.add_report()
            log.publish()
            return fits(rng, log)
        add(f"keys: {name}", codes, make)
        return change
    return register


def keys_entry(log):
    entry = Entry("KEYS", ABOUT_NOTHING, log.keys_body(log.current), None)
    entry.keys = log.current
    return entry


def adoption(log, rng, **changed):
    fields = {"origin": b"old.example/x", "size": u64(3), "root": rng.randbytes(32),
              "signature": rng.randbytes(64), **changed}
    return Entry("ADOPTION", ABOUT_NOTHING, rng.randbytes(32) + prefixed16(*fields.values()), None)


@beginning("a log begins with a charter", FAILS)
def _(log, rng):
    log.append(log.charter_entry(Charter(rng, log.circle)))
    log.append(keys_entry(log))


@beginning("an adoption is not followed by keys", FAILS)
def _(log, rng):
    log.append(adoption(log, rng))
    log.append(log.charter_entry(Charter(rng, log.circle)))
    log.append(keys_entry(log))


@beginning("an adoption of an adoption", FAILS)
def _(log, rng):
    log.append(adoption(log, rng))
    log.append(adoption(log, rng))
    log.append(keys_entry(log))


@beginning("an adoption", GOOD)
def _(log, rng):
    log.append(adoption(log, rng, origin=rng.choice([b"x", b"z" * 200])))
    log.append(keys_entry(log))


@beginning("an adoption signed by another key", FAILS)
def _(log, rng):
    entry = adoption(log, rng)
    entry.key = Key(rng.randbytes(32))
    log.append(entry)
    log.append(keys_entry(log))


@beginning("an adoption with a wrong body", FAILS)
def _(log, rng):
    log.append(adoption(log, rng, **rng.choice([
        {"origin": b""}, {"origin": b"z" * 201}, {"origin": b"A"}, {"size": u64(2**63)},
        {"size": u32(3)}, {"root": bytes(31)}, {"signature": bytes(65)}, {"more": b""}])))
    log.append(keys_entry(log))


@beginning("the first keys are signed by others", FAILS)
def _(log, rng):
    entry = keys_entry(log)
    entry.key = Key(rng.randbytes(32))
    log.append(entry)


@beginning("all at one time", GOOD)
def _(log, rng):
    log.append(keys_entry(log))
    log.append(log.charter_entry(Charter(rng, log.circle)))
    log.add_report()
    log.publish()
