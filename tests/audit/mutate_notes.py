"""The mutations of notes: heads, cosignatures, other nodes' notes."""
import base64

from log_model import Key, NOW, key_id, sha256, u32, u64, u8
from make_bundles import Plan, Witness, b64, checkpoint, cosignature_line, log_line, signature_line
from mutate import (FAILS, GOOD, add, add_order, double, flip, flip_base64, loosen_base64, mutation,
                    need, swap)


def note_mutation(name, codes, which="head", **options):
    """Of a function of NoteParts, the plan and a Random."""
    def register(change):
        def make(rng):
            plan = Plan(rng, **options)
            need(which != "head-from" or plan.begin > 0)
            plan.on("note", lambda of, parts: change(parts, plan, rng) if of == which else None)
            return plan
        add(f"{which}: {name}", codes, make)
        return change
    return register


def signing(plan):
    """A witness whose cosignature the policy needs."""
    found = [w for w in plan.witnesses if w.signs]
    need(found)
    plan.groups, plan.quorum = [], found[0].name
    return found[0]


def relabel(line, change):
    """A signature line with another name or blob."""
    _, name, blob = line.split(" ")
    name, blob = change(name, base64.b64decode(blob))
    return f"\u2014 {name} {b64(blob)}"


def place_of(parts, name):
    places = [i for i, line in enumerate(parts.lines) if line.split(" ")[1] == name]
    need(places)
    return places[0]


def resign(parts, plan, text):
    """The note of another text by the same keys."""
    keys = plan.log.keys_before(plan.end)
    parts.text = text
    parts.lines = [log_line(plan.origin, keys["head"], text)]
    parts.lines += [cosignature_line(w.vkey_name, w.key, text, plan.log.time)
                    for w in plan.witnesses if w.signs]


for target in ("head", "head-from"):
    @note_mutation("log signature flipped", FAILS, target)
    def _(parts, plan, rng):
        at = place_of(parts, plan.origin)
        parts.lines[at] = relabel(parts.lines[at], lambda n, b: (n, b[:4] + flip(b[4:], rng)))

    @note_mutation("log signature with S + L", FAILS, target)
    def _(parts, plan, rng):
        at = place_of(parts, plan.origin)
        parts.lines[at] = relabel(parts.lines[at], lambda n, b: (n, b[:4] + add_order(b[4:])))

    @note_mutation("log line dropped", FAILS, target)
    def _(parts, plan, rng):
        parts.lines.pop(place_of(parts, plan.origin))
        need(parts.lines)

    @note_mutation("log line doubled", FAILS, target)
    def _(parts, plan, rng):
        parts.lines.append(parts.lines[place_of(parts, plan.origin)])

    @note_mutation("extension line", FAILS, target)
    def _(parts, plan, rng):
        resign(parts, plan, parts.text + rng.choice(["ext\n", "a\nb\n", " \n"]))

    @note_mutation("size of another", FAILS, target)
    def _(parts, plan, rng):
        origin, size, root, _ = parts.text.split("\n")
        size = rng.choice(["0" + size, str(int(size) + 1), str(int(size) - 1), str(2**63), str(2**64),
                           str(2**63 + int(size)), "+" + size, "-" + size, " " + size, size + " ", "",
                           "\u0661", hex(int(size))])
        resign(parts, plan, f"{origin}\n{size}\n{root}\n")

    @note_mutation("root of another", FAILS, target)
    def _(parts, plan, rng):
        origin, size, root, _ = parts.text.split("\n")
        changed = rng.choice([flip_base64(root, rng), loosen_base64(root), root[:-1], root + "=", "",
                              b64(rng.randbytes(31)), b64(rng.randbytes(33))])
        resign(parts, plan, f"{origin}\n{size}\n{changed}\n")

    @note_mutation("origin of another", FAILS, target)
    def _(parts, plan, rng):
        resign(parts, plan, rng.choice(["y", "", plan.origin + "/x"]) + parts.text[len(plan.origin):])

    @note_mutation("CR LF", FAILS, target)
    def _(parts, plan, rng):
        parts.raw = (parts.text + "\n" + "".join(line + "\n" for line in parts.lines)).replace(
            "\n", "\r\n")

    @note_mutation("no last LF", FAILS, target)
    def _(parts, plan, rng):
        parts.raw = (parts.text + "\n" + "\n".join(parts.lines))

    @note_mutation("no empty line", FAILS, target)
    def _(parts, plan, rng):
        parts.raw = parts.text + "".join(line + "\n" for line in parts.lines)

    @note_mutation("another log key", FAILS, target)
    def _(parts, plan, rng):
        parts.lines[place_of(parts, plan.origin)] = log_line(plan.origin, Key(rng.randbytes(32)),
                                                             parts.text)

    @note_mutation("a signature of another text", FAILS, target)
    def _(parts, plan, rng):
        keys = plan.log.keys_before(plan.end)
        at = place_of(parts, plan.origin)
        parts.lines[at] = log_line(plan.origin, keys["head"], parts.text + "x\n")


@note_mutation("witness line flipped", FAILS)
def _(parts, plan, rng):
    at = place_of(parts, signing(plan).vkey_name)
    parts.lines[at] = relabel(parts.lines[at], lambda n, b: (n, b[:4] + flip(b[4:], rng)))


@note_mutation("witness line with S + L", FAILS)
def _(parts, plan, rng):
    at = place_of(parts, signing(plan).vkey_name)
    parts.lines[at] = relabel(parts.lines[at], lambda n, b: (n, b[:12] + add_order(b[12:])))


@note_mutation("needed witness dropped", FAILS)
def _(parts, plan, rng):
    parts.lines.pop(place_of(parts, signing(plan).vkey_name))


@note_mutation("needed witness under another key ID", FAILS)
def _(parts, plan, rng):
    at = place_of(parts, signing(plan).vkey_name)
    parts.lines[at] = relabel(parts.lines[at], lambda n, b: (n, flip(b[:4], rng) + b[4:]))


@note_mutation("needed witness under another name", FAILS)
def _(parts, plan, rng):
    at = place_of(parts, signing(plan).vkey_name)
    parts.lines[at] = relabel(parts.lines[at], lambda n, b: (n + "x", b))


@note_mutation("witness line doubled", FAILS)
def _(parts, plan, rng):
    found = [w for w in plan.witnesses if w.signs]
    need(found)
    parts.lines.append(parts.lines[place_of(parts, rng.choice(found).vkey_name)])


@note_mutation("witness cosigned twice", FAILS)
def _(parts, plan, rng):
    found = [w for w in plan.witnesses if w.signs]
    need(found)
    parts.lines.append(cosignature_line(found[0].vkey_name, found[0].key, parts.text, 77))


def note_time(name, codes, *times, which="head", fits=lambda plan: True):
    """`times` in seconds, or functions of the plan."""
    @note_mutation(name, codes, which)
    def _(parts, plan, rng):
        found = [w for w in plan.witnesses if w.signs]
        need(found and fits(plan))
        witness, time = rng.choice(found), rng.choice(times)
        parts.lines[place_of(parts, witness.vkey_name)] = cosignature_line(
            witness.vkey_name, witness.key, parts.text, time(plan) if callable(time) else time)


note_time("cosigned just not in the future", GOOD, NOW + 300, fits=lambda plan: plan.made_at >= NOW)
note_time("cosigned in the future", FAILS, NOW + 301, NOW + 10**6, 2**63 - 1)
note_time("cosigned at no time", FAILS, 0, 2**63, 2**64 - 1)
note_time("cosigned 300 s after the bundle was made", GOOD, lambda plan: plan.made_at + 300,
          fits=lambda plan: plan.made_at <= NOW)
note_time("cosigned 301 s after the bundle was made", FAILS, lambda plan: plan.made_at + 301,
          fits=lambda plan: plan.made_at < NOW)
note_time("cosigned in the future", GOOD, NOW + 10**6, which="head-from")  # nobody asks when


@note_mutation("cosigned by nobody known, after the bundle was made", GOOD)
def _(parts, plan, rng):
    parts.lines.append(cosignature_line("late.example/w", Key(rng.randbytes(32)), parts.text, NOW + 10**6))


@note_mutation("a known witness that did not sign fails", FAILS)
def _(parts, plan, rng):
    witness = Witness("late", "late.example/w", Key(rng.randbytes(32)), False)
    plan.witnesses.append(witness)
    parts.lines.insert(rng.randint(0, len(parts.lines)), signature_line(
        witness.vkey_name, 4, witness.key.public, rng.choice([
            u64(5) + rng.randbytes(64), rng.randbytes(64), u64(5) + rng.randbytes(63), b"x"])))


@note_mutation("another log key of the policy fails", FAILS)
def _(parts, plan, rng):
    key = Key(rng.randbytes(32))
    plan.logs.append(("else.example/log", key.public))
    parts.lines.append(signature_line("else.example/log", 1, key.public, rng.randbytes(64)))


@note_mutation("another log key of the policy signed too", GOOD)
def _(parts, plan, rng):
    key = Key(rng.randbytes(32))
    plan.logs.append(("else.example/log", key.public))
    parts.lines.append(log_line("else.example/log", key, parts.text))


@note_mutation("log key poses as witness", FAILS)
def _(parts, plan, rng):
    witness = signing(plan)
    head = plan.log.keys_before(plan.end)["head"]
    line = cosignature_line(witness.vkey_name, head, parts.text, plan.log.time)
    if rng.random() < 0.5:  # and takes its key ID
        identifier = key_id(witness.vkey_name.encode(), 4, witness.key.public)
        line = relabel(line, lambda n, b: (n, identifier + b[4:]))
    parts.lines[place_of(parts, witness.vkey_name)] = line


@note_mutation("witness signs as a log", FAILS)
def _(parts, plan, rng):
    witness = signing(plan)
    parts.lines[place_of(parts, witness.vkey_name)] = log_line(witness.vkey_name, witness.key,
                                                               parts.text)


@note_mutation("lines of unknown keys", GOOD)
def _(parts, plan, rng):
    for _ in range(rng.randint(1, 5)):
        name = rng.choice([plan.origin, "x", "\u00fc", "\U0001f600", "x" * 255] +
                          [w.vkey_name for w in plan.witnesses])
        line = f"\u2014 {name} {b64(rng.randbytes(rng.choice([5, 68, 76, 200])))}"
        parts.lines.insert(rng.randint(0, len(parts.lines)), line)


@note_mutation("100 lines", GOOD)
def _(parts, plan, rng):
    parts.lines += [f"\u2014 x {b64(rng.randbytes(76))}" for _ in range(100 - len(parts.lines))]


@note_mutation("101 lines", FAILS)
def _(parts, plan, rng):
    parts.lines += [f"\u2014 x {b64(rng.randbytes(76))}" for _ in range(101 - len(parts.lines))]


@note_mutation("more than 32 KiB", FAILS)
def _(parts, plan, rng):
    parts.lines.append(f"\u2014 x {b64(rng.randbytes(25000))}")


@note_mutation("a line that is none", FAILS)
def _(parts, plan, rng):
    blob = b64(rng.randbytes(76))
    parts.lines.insert(rng.randint(1, len(parts.lines)), rng.choice([
        f"- x {blob}", f"\u2014  x {blob}", f"\u2014 x  {blob}", f"\u2014 x {blob} ", f"\u2014 x",
        f"\u2014 {blob}", f"\u2014 x\t {blob}", f"\u2014 x\x01 {blob}", f"\u2014 x+y {blob}", f"\u2014 {'x' * 256} {blob}",
        f"\u2014 x\u00a0y {blob}", f"\u2014 x\u2003y {blob}", f"\u2014 x {loosen_base64(blob)}",
        f"\u2014 x {blob[:-1]}", f"\u2014 x {blob}=", f"\u2014 x AAAA", f"\u2014 x {blob[:8]} {blob[8:]}",
        f"\u2014 x {blob.replace('=', '-')}", f" \u2014 x {blob}", "x", f"\u2014x {blob}"]))


@note_mutation("no UTF-8", FAILS)
def _(parts, plan, rng):
    parts.lines.append(f"\u2014 x {b64(rng.randbytes(76))}")
    data = parts.bytes()
    parts.bytes = lambda: data.replace(b"\xe2\x80\x94 x ", b"\xe2\x80\x94 " + rng.choice(
        [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x80", b"\xf4\x90\x80\x80"]) + b" ")


@note_mutation("own line dropped", GOOD)
def _(parts, plan, rng):
    parts.lines.pop(place_of(parts, plan.origin + "/self"))


@note_mutation("own line fails", FAILS)
def _(parts, plan, rng):
    at = place_of(parts, plan.origin + "/self")
    change = rng.choice([lambda b: b[:4] + flip(b[4:], rng), lambda b: b[:12] + add_order(b[12:]),
                         lambda b: b[:-1]])
    parts.lines[at] = relabel(parts.lines[at], lambda n, b: (n, change(b)))


@note_mutation("own line is another key's", GOOD)
def _(parts, plan, rng):
    parts.lines[place_of(parts, plan.origin + "/self")] = cosignature_line(
        plan.origin + "/self", Key(rng.randbytes(32)), parts.text, 5)


@note_mutation("is the head before", FAILS)
def _(parts, plan, rng):
    need(plan.end > 1)
    root = sha256(b"\0" + plan.leaves[0])
    resign(parts, plan, checkpoint(plan.origin, 1, root))


@mutation("head: key that no KEYS names", FAILS)
def _(plan, rng):
    key = Key(rng.randbytes(32))
    plan.logs[0] = (plan.origin, key.public)

    def change(name, parts):
        if name == "head":
            parts.lines[place_of(parts, plan.origin)] = log_line(plan.origin, key, parts.text)
        elif name == "head-from":  # its key is known, so that nothing else fails
            plan.logs.append((plan.origin, plan.log.keys_before(plan.begin)["head"].public))
    need(plan.begin == 0 or plan.knows_keys_before(plan.begin))
    plan.logs = plan.logs[:1] + [log for log in plan.logs[1:] if log[0] != plan.origin]
    plan.on("note", change)


def two_log_keys(name, codes, named, change=lambda blob, rng: blob):
    """The head has lines of two keys under the log's name, both in the policy."""
    @mutation(f"head: signed by two log keys, {name}", codes)
    def _(plan, rng):
        need(plan.begin == 0 or plan.knows_keys_before(plan.begin))
        right = plan.log.keys_before(plan.end)["head"]
        keys = [right if named else Key(rng.randbytes(32)), Key(rng.randbytes(32))]
        known = [(plan.origin, key.public) for key in rng.sample(keys, 2)]
        plan.logs = known + [log for log in plan.logs if log[0] != plan.origin]
        older = plan.log.keys_before(plan.begin)["head"] if plan.begin else keys[0]
        if older.public not in [key.public for key in keys]:  # head-from is known too
            plan.logs.append((plan.origin, older.public))

        def on_note(of, parts):
            if of == "head":
                parts.lines.pop(place_of(parts, plan.origin))
                lines = [log_line(plan.origin, key, parts.text) for key in keys]
                lines[1] = relabel(lines[1], lambda n, b: (n, b[:4] + change(b[4:], rng)))
                for line in lines:
                    parts.lines.insert(rng.randint(0, len(parts.lines)), line)
        plan.on("note", on_note)


two_log_keys("one that a KEYS names", GOOD, True)
two_log_keys("none that a KEYS names", FAILS, False)
two_log_keys("the line of one fails", FAILS, True, flip)


@mutation("small-order key as a witness", FAILS)
def _(plan, rng):
    # Cofactorless and without the strict rule, R = A = the identity and S = 0 sign everything.
    identity = u8(1) + bytes(31)
    witness = Witness("zero", "zero.example/w", Key(rng.randbytes(32)), False)
    witness.key.public = rng.choice([identity, bytes(32), u8(1) + bytes(30) + u8(0x80)])
    plan.witnesses.append(witness)
    plan.groups, plan.quorum = [], "zero"
    plan.on("note", lambda name, parts: parts.lines.append(signature_line(
        "zero.example/w", 4, witness.key.public, u64(5) + identity + bytes(32)))
        if name == "head" else None)


# --- notes of cosigners ---

def cosigner_mutation(name, codes, known):
    def register(change):
        def make(rng):
            plan = Plan(rng)
            names = [n for n, _, _ in plan.partners if (n in plan.known_partners) == known]
            need(names)
            chosen = rng.choice(names)
            plan.on("note", lambda of, parts: change(parts, plan, rng, chosen)
                    if of == "cosigner:" + chosen else None)
            return plan
        add(f"cosigners: {name}", codes, make)
        return change
    return register


for known, codes in ((True, FAILS), (False, GOOD)):
    @cosigner_mutation(f"{'known' if known else 'unknown'} partner's signature flipped", codes, known)
    def _(parts, plan, rng, name):
        parts.lines[0] = relabel(parts.lines[0], lambda n, b: (n, b[:4] + flip(b[4:], rng)))

    @cosigner_mutation(f"{'known' if known else 'unknown'} partner's other key", codes, known)
    def _(parts, plan, rng, name):
        parts.lines[0] = log_line(name, Key(rng.randbytes(32)), parts.text)


    @cosigner_mutation(f"a known line fails in {'known' if known else 'unknown'} partner's", FAILS, known)
    def _(parts, plan, rng, name):
        witness = rng.choice(plan.witnesses)
        parts.lines = [line for line in parts.lines if line.split(" ")[1] != witness.vkey_name]
        parts.lines.append(signature_line(witness.vkey_name, 4, witness.key.public,
                                          u64(5) + rng.randbytes(64)))

    @cosigner_mutation(f"a known line twice in {'known' if known else 'unknown'} partner's", GOOD, known)
    def _(parts, plan, rng, name):
        witness = rng.choice(plan.witnesses)
        parts.lines = [line for line in parts.lines if line.split(" ")[1] != witness.vkey_name]
        parts.lines += [cosignature_line(witness.vkey_name, witness.key, parts.text, time)
                        for time in (rng.choice([5, 6]), 6)]

    @cosigner_mutation(f"signed in the future, {'known' if known else 'unknown'} partner's", GOOD, known)
    def _(parts, plan, rng, name):
        witness = rng.choice(plan.witnesses)
        parts.lines = [line for line in parts.lines if line.split(" ")[1] != witness.vkey_name]
        parts.lines.append(cosignature_line(witness.vkey_name, witness.key, parts.text, NOW + 10**6))


def note_list_mutation(name, change):
    @mutation(f"cosigners: notes {name}", FAILS)
    def _(plan, rng):
        need(len(plan.partners) >= 2)

        def on_files(files):
            notes = split_u32(files["cosigners"])
            change(notes, rng)
            files["cosigners"] = b"".join(u32(len(note)) + note for note in notes)
        plan.on("files", on_files)


def split_u32(data):
    items = []
    while data:
        size = int.from_bytes(data[:4], "big")
        items.append(data[4:4 + size])
        data = data[4 + size:]
    return items


note_list_mutation("doubled", double)
note_list_mutation("swapped", swap)
