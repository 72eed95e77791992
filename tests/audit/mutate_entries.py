"""The mutations of entries and bodies, everything else made to fit."""
from log_model import ABOUT_NOTHING, Key, NOW, u16, u32, u64
from mutate import EITHER, FAILS, REORDERINGS, add_order, flip, mutation, need
from mutate_notes import split_u32


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
