"""The mutations of earlier entries and of the proofs of the tree."""
import base64

from log_model import u8
from make_bundles import b64, cosignature_line, log_line
from mutate import FAILS, REORDERINGS, alter, mutation, need
from mutate_entries import any_of, records_of_earlier


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
