"""The mutations of what a log says: entries, keys, bodies, charters, openings, proofs of the tree.

Adds to mutations.ALL. What becomes of reports in time is in history_mutations.py.
"""
import base64

from log_model import (ABOUT_NOTHING, COLLIDING, NOW, PROOF_KINDS, VOPRF_KEYS, Charter, Entry, Key,
                       Log, prefixed16, sha256, u8, u16, u32, u64)
from make_bundles import Plan, b64, cosignature_line, log_line
from mutations import (EITHER, FAILS, GOOD, REORDERINGS, UNREADABLE, add, add_order, alter, double,
                       drop, flip, mutation, need, split_u32, swap)

L_BYTES = 32


def visible(plan, *kinds):
    """Entries that are in the bundle in some form."""
    own = plan.own()
    below = plan.begin if plan.kind == "log" else plan.end
    entries = own + [e for e in plan.log.entries[:below] if e.kind >= 9 and e not in own]
    return [e for e in entries if not kinds or e.kind in kinds]


def any_of(entries, rng):
    need(entries)
    return rng.choice(entries)


# --- fields of an entry, everything else made to fit ---

def entry_mutation(name, codes, kinds=(), **options):
    """Of a function of an entry, the plan and a Random."""
    def register(change):
        @mutation(f"entry: {name}", codes, **options)
        def _(plan, rng):
            change(any_of(visible(plan, *kinds), rng), plan, rng)
        return change
    return register


@entry_mutation("signature flipped", FAILS)
def _(entry, plan, rng):
    entry.forced["signature"] = flip(entry.leaf(plan.log.origin)[-64:], rng)


@entry_mutation("signature with S + L", FAILS)
def _(entry, plan, rng):
    entry.forced["signature"] = add_order(entry.leaf(plan.log.origin)[-64:])


@entry_mutation("signed by another key", FAILS)
def _(entry, plan, rng):
    if rng.random() < 0.5:  # and names the right one
        entry.forced["signer"] = entry.leaf(plan.log.origin)[30:34]
    entry.key = Key(rng.randbytes(32))


@entry_mutation("signed by the head key", FAILS)
def _(entry, plan, rng):
    entry.key = plan.log.current["head"]


@entry_mutation("signer flipped", FAILS)
def _(entry, plan, rng):
    entry.forced["signer"] = flip(entry.leaf(plan.log.origin)[30:34], rng)


@entry_mutation("another index", FAILS)
def _(entry, plan, rng):
    entry.forced["index"] = rng.choice([entry.index + 1, entry.index - 1 if entry.index else 5,
                                        2**63, 2**63 + entry.index])


@entry_mutation("another origin", FAILS)
def _(entry, plan, rng):
    entry.forced["origin"] = rng.choice([b"y", plan.log.origin.upper(), plan.log.origin + b"\0", b"",
                                         b"z" * 201])


@entry_mutation("no kind that is known", FAILS)
def _(entry, plan, rng):
    entry.forced["kind"] = rng.choice([0, 12, 255])


@entry_mutation("another kind", FAILS, kinds=(1, 7, 8, 9, 10, 11))
def _(entry, plan, rng):
    entry.forced["kind"] = rng.choice([k for k in range(1, 12) if k != entry.kind])


@entry_mutation("another ground", FAILS)
def _(entry, plan, rng):
    entry.forced["ground"] = rng.choice([0, 6, 255] if entry.kind == 7 else [1, 5, 255])


@entry_mutation("about something", FAILS, kinds=(1, 9, 10, 11))
def _(entry, plan, rng):
    entry.forced["about"] = rng.choice([0, ABOUT_NOTHING - 1, entry.index])


@entry_mutation("about itself or later", FAILS, kinds=range(2, 9))
def _(entry, plan, rng):
    entry.forced["about"] = rng.choice([entry.index, entry.index + 1, ABOUT_NOTHING])


@entry_mutation("about what is no report", FAILS, kinds=range(2, 9), kind="log")
def _(entry, plan, rng):
    below = [e.index for e in visible(plan) if e.kind != 1 and e.index < entry.index]
    entry.forced["about"] = any_of(below, rng)


@entry_mutation("about another report", EITHER, kinds=range(2, 9))
def _(entry, plan, rng):
    others = [e.index for e in plan.log.entries[:entry.index] if e.kind == 1 and e.index != entry.about]
    entry.forced["about"] = any_of(others, rng)


@entry_mutation("commitment flipped", FAILS, kinds=(1, 2, 3, 4, 5, 6, 8, 9, 10, 11))
def _(entry, plan, rng):
    need(entry.has_body)
    entry.forced["commitment"] = flip(entry.commitment(), rng)


@entry_mutation("no commitment", FAILS, kinds=(1, 2, 3, 4, 5, 6, 8, 9, 10, 11))
def _(entry, plan, rng):
    entry.forced["commitment"] = bytes(32)


@entry_mutation("a commitment of an erasure", FAILS, kinds=(7,))
def _(entry, plan, rng):
    entry.forced["commitment"] = rng.randbytes(32)


@entry_mutation("issued in the future", FAILS)
def _(entry, plan, rng):
    for later in plan.log.entries[entry.index:]:
        later.issued_at = rng.choice([NOW + 301, 2**63 - 1]) if later is entry else plan.log.entries[
            later.index - 1].issued_at


@entry_mutation("issued at a time that is too large", FAILS)
def _(entry, plan, rng):
    entry.forced["issued_at"] = rng.choice([2**63, 2**64 - 1])


@entry_mutation("issued before the one before it", FAILS)
def _(entry, plan, rng):
    indexes = sorted(e.index for e in visible(plan))
    need(entry.index > indexes[0])
    before = max(index for index in indexes if index < entry.index)
    entry.forced["issued_at"] = plan.log.entries[before].issued_at - rng.choice([1, 10**6])


@entry_mutation("other signed bytes", FAILS)
def _(entry, plan, rng):
    leaf = entry.leaf(plan.log.origin)
    entry.forced["signature"] = entry.key.sign(leaf[:-64])


# --- bodies ---

@mutation("body: missing", FAILS)
def _(plan, rng):
    entry = any_of([e for e in visible(plan) if e.has_body], rng)
    entry.has_body = False
    if entry.kind == 1 and entry.index in plan.openings:
        plan.openings, plan.case, plan.with_openings = {}, None, False


@mutation("body: kept after the erasure", FAILS)
def _(plan, rng):
    gone = [e for e in plan.own() if e.kind != 7 and not e.has_body]
    if plan.kind == "excerpt":  # whose erasure is there too
        there = {e.about for e in plan.own() if e.kind == 7}
        gone = [e for e in gone if e.report.index in there]
    any_of(gone, rng).has_body = True


@mutation("body: of an erasure", FAILS)
def _(plan, rng):
    entry = any_of([e for e in plan.own() if e.kind == 7], rng)
    entry.forced["commitment"] = bytes(32)
    entry.body, entry.has_body = rng.randbytes(rng.choice([1, 360])), True


@mutation("body: another that is as long", FAILS)
def _(plan, rng):
    entry = any_of([e for e in visible(plan) if e.has_body], rng)
    entry.forced["commitment"] = entry.commitment()
    entry.body = flip(entry.body, rng)


@mutation("body: not as long as its kind", FAILS)
def _(plan, rng):
    entry = any_of([e for e in visible(plan) if e.has_body], rng)
    entry.body = rng.choice([entry.body[:-1], entry.body + b"\0", entry.body * 2, b"\0"])


def records_of_bodies(data):
    records = []
    while data:
        end = 10 + int.from_bytes(data[8:10], "big")
        records.append(data[:end])
        data = data[end:]
    return records


def records_of_entries(data):
    records = []
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        records.append(data[:end])
        data = data[end:]
    return records


def records_of_earlier(data):
    records = []
    while data:
        at = 10 + int.from_bytes(data[8:10], "big")
        at += 2 + int.from_bytes(data[at:at + 2], "big")
        at += 1 + 32 * data[at]
        records.append(data[:at])
        data = data[at:]
    return records


def records_of_openings(data):
    return [data[at:at + 40] for at in range(0, len(data), 40)]


def with_lengths(records):
    return b"".join(u32(len(record)) + record for record in records)


SPLITS = {"bodies": records_of_bodies, "entries": records_of_entries,
          "openings": records_of_openings, "charters": split_u32, "earlier": records_of_earlier}

for target, split in SPLITS.items():
    for how, change in REORDERINGS.items():
        if (target, how) in (("openings", "dropped"), ("charters", "dropped"), ("earlier", "dropped")):
            continue  # nobody can tell, or it is below

        @mutation(f"{target}: a record {how}", FAILS)
        def _(plan, rng, target=target, split=split, change=change):
            def on_files(files):
                need(target in files)
                records = split(files[target])
                change(records, rng)
                files[target] = with_lengths(records) if target == "charters" else b"".join(records)
            plan.on("files", on_files)


@mutation("entries: the last is missing", FAILS, kind="log")
def _(plan, rng):
    plan.on("files", lambda files: files.update(
        entries=b"".join(records_of_entries(files["entries"])[:-1])))


@mutation("entries: one of another log", FAILS, kind="log")
def _(plan, rng):
    def on_files(files):
        records = records_of_entries(files["entries"])
        at = rng.randrange(len(records))
        entry = plan.log.entries[plan.begin + at]
        entry.issued_at -= 1
        leaf = entry.leaf(plan.log.origin)
        records[at] = u16(len(leaf)) + leaf
        files["entries"] = b"".join(records)
    plan.on("files", on_files)


@mutation("bodies: of an entry that is not in the bundle", FAILS, kind="log")
def _(plan, rng):
    def on_files(files):
        extra = u64(rng.choice([plan.end, plan.end + 7, 2**63, 2**64 - 1])) + u16(1) + b"x"
        files["bodies"] += extra
    plan.on("files", on_files)


@mutation("bodies: an empty one", FAILS, kind="log")
def _(plan, rng):
    gone = [e for e in plan.own() if not e.has_body]
    entry = any_of(gone, rng)
    entry.has_body = True
    entry.forced["commitment"] = entry.commitment()
    entry.body = b""


# --- earlier entries and proofs of the tree ---

def earlier_mutation(name, codes=FAILS):
    def register(change):
        @mutation(f"earlier: {name}", codes)
        def _(plan, rng):
            need(plan.kind == "excerpt" or plan.begin > 0)

            def on_files(files):
                records = records_of_earlier(files["earlier"])
                change(records, plan, rng)
                files["earlier"] = b"".join(records)
            plan.on("files", on_files)
        return change
    return register


@earlier_mutation("entry 0 is missing")
def _(records, plan, rng):
    need(plan.kind != "excerpt" or 0 not in plan.excerpted)
    records.pop(0)


@earlier_mutation("none")
def _(records, plan, rng):
    need(plan.kind != "excerpt" or not any(plan.log.entries[i].kind == 9 for i in plan.excerpted))
    records.clear()


@earlier_mutation("a report among them")
def _(records, plan, rng):
    below = plan.begin or plan.end
    report = any_of([e for e in plan.log.entries[:below] if e.kind == 1 and e.has_body], rng)
    indexes = [int.from_bytes(record[:8], "big") for record in records]
    at = sum(index < report.index for index in indexes)
    records.insert(at, plan.record(report))


@earlier_mutation("one that is not earlier")
def _(records, plan, rng):
    later = [e for e in plan.log.entries[plan.begin:] if e.kind >= 9]
    need(plan.begin > 0)
    records.append(plan.record(any_of(later, rng)))


def proof_of(record):
    at = 10 + int.from_bytes(record[8:10], "big")
    at += 2 + int.from_bytes(record[at:at + 2], "big")
    proof = record[at + 1:]
    return record[:at], [proof[i:i + 32] for i in range(0, len(proof), 32)]


def too_many(items, rng):
    items += [rng.randbytes(32)] * (64 - len(items))


PROOF_CHANGES = {**REORDERINGS, "altered": alter, "too many": too_many,
                 "one more": lambda items, rng: items.append(rng.randbytes(32))}

for how, change in PROOF_CHANGES.items():
    @earlier_mutation(f"proof hash {how}")
    def _(records, plan, rng, change=change):
        at = rng.randrange(len(records))
        start, proof = proof_of(records[at])
        change(proof, rng)
        records[at] = start + u8(len(proof)) + b"".join(proof)

    @mutation(f"consistency: proof hash {how}", FAILS)
    def _(plan, rng, change=change):
        def on_files(files):
            need("consistency" in files)
            lines, note = files["consistency"].decode().split("\n\n", 1)
            old, *proof = lines.split("\n")
            hashes = [base64.b64decode(line) for line in proof]
            change(hashes, rng)
            files["consistency"] = ("\n".join([old] + [b64(h) for h in hashes]) + "\n\n" + note).encode()
        plan.on("files", on_files)

    @mutation(f"tlog-proof: hash {how}", FAILS, kind="excerpt")
    def _(plan, rng, change=change):
        def on_files(files):
            name = any_of([name for name in files if name.endswith("tlog-proof")], rng)
            lines, note = files[name].decode().split("\n\n", 1)
            magic, index, *proof = lines.split("\n")
            hashes = [base64.b64decode(line) for line in proof]
            change(hashes, rng)
            files[name] = ("\n".join([magic, index] + [b64(h) for h in hashes]) + "\n\n" + note).encode()
        plan.on("files", on_files)

    @mutation(f"frontier: hash {how}", FAILS)
    def _(plan, rng, change=change):
        def on_files(files):
            need("frontier" in files)
            data = files["frontier"]
            hashes = [data[i:i + 32] for i in range(0, len(data), 32)]
            change(hashes, rng)
            files["frontier"] = b"".join(hashes)
        plan.on("files", on_files)


def text_file_mutation(name, which, change, codes=FAILS, **options):
    """Of a function of the file's lines before the note, the plan and a Random."""
    @mutation(f"{which}: {name}", codes, **options)
    def _(plan, rng):
        def on_files(files):
            found = any_of([n for n in files if n == which or n.endswith("." + which)], rng)
            lines, note = files[found].decode().split("\n\n", 1)
            lines = lines.split("\n")
            before = list(lines)
            note = change(lines, plan, rng) or note
            need(lines != before or note not in files[found].decode())
            files[found] = ("\n".join(lines) + "\n\n" + note).encode()
        plan.on("files", on_files)


def set_line(at, *changes):
    def change(lines, plan, rng):
        lines[at] = rng.choice(changes)(lines[at])
    return change


def other_note(lines, plan, rng):
    """The same head, with a time of its own."""
    keys = plan.log.keys_before(plan.end)
    text = plan.head_text
    return text + "\n" + log_line(plan.origin, keys["head"], text) + "\n" + cosignature_line(
        plan.origin + "/self", keys["self"], text, 99) + "\n"


text_file_mutation("old of another", "consistency", set_line(
    0, lambda line: line + "0", lambda line: "old 0" + line[4:], lambda line: line[4:],
    lambda line: f"old {int(line[4:]) + 1}", lambda line: f"old {int(line[4:]) - 1}",
    lambda line: line.upper(), lambda line: line + " ", lambda line: f"old {2**64 + int(line[4:])}"))
text_file_mutation("another note", "consistency", other_note)
text_file_mutation("CR LF", "consistency", lambda lines, plan, rng: lines.__setitem__(
    slice(None), [line + "\r" for line in lines]))
text_file_mutation("index of another", "tlog-proof", set_line(
    1, lambda line: line + "0", lambda line: "index 0" + line[6:], lambda line: line[6:],
    lambda line: f"index {int(line[6:]) + 1}", lambda line: line + " ",
    lambda line: f"index {2**64 + int(line[6:])}", lambda line: f"index -{line[6:]}"), kind="excerpt")
text_file_mutation("first line", "tlog-proof", set_line(
    0, lambda line: line + " ", lambda line: line[:-1] + "2", lambda line: line.upper()),
    kind="excerpt")
text_file_mutation("extra line", "tlog-proof", lambda lines, plan, rng: lines.insert(1, "extra AAAA"),
                   kind="excerpt")
text_file_mutation("another note", "tlog-proof", other_note, kind="excerpt")
text_file_mutation("CR LF", "tlog-proof", lambda lines, plan, rng: lines.__setitem__(
    slice(None), [line + "\r" for line in lines]), kind="excerpt")


@mutation("excerpt: leaf of another entry", FAILS, kind="excerpt")
def _(plan, rng):
    need(len(plan.excerpted) >= 2)

    def on_files(files):
        one, two = rng.sample(plan.excerpted, 2)
        files[f"entry-{one}.leaf"] = files[f"entry-{two}.leaf"]
    plan.on("files", on_files)


@mutation("excerpt: proof of another entry", FAILS, kind="excerpt")
def _(plan, rng):
    need(len(plan.excerpted) >= 2)

    def on_files(files):
        one, two = rng.sample(plan.excerpted, 2)
        files[f"entry-{one}.tlog-proof"] = files[f"entry-{two}.tlog-proof"]
    plan.on("files", on_files)


@mutation("excerpt: the erasure is left out", FAILS, kind="excerpt")
def _(plan, rng):
    erasures = [e for e in plan.own() if e.kind == 7 and any(
        o.kind != 7 and getattr(o, "report", None) is e.report for o in plan.own())]
    need(len(plan.excerpted) > 1)
    plan.excerpted.remove(any_of(erasures, rng).index)


# --- keys ---

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


# --- charters ---

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


import history_mutations  # noqa: E402,F401  pylint: disable=wrong-import-position,unused-import
