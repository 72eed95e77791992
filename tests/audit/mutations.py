"""What the mutation test changes in a good bundle or its policy: one thing each.

`ALL` has (name, make, codes): `make(rng)` gives a plan with a write(path) (make_bundles.py), `codes`
the exit codes that a verifier may have; None where either may be right and only agreement counts.
Unfit is raised where a plan has nothing that the mutation changes; the next plan may.
"""
import base64

from log_model import NOW, Key, key_id, sha256, u8, u16, u32, u64
from make_bundles import (BUNDLE_TYPE, ForkPlan, NoteParts, Plan, Witness, b64, checkpoint,
                          cosignature_line, dsse, log_line, signature_line, vkey)

GOOD, FAILS, UNREADABLE, BAD, EITHER = {0}, {1}, {2}, {1, 2}, {0, 1, 2}
L = 2**252 + 27742317777372353535851937790883648493  # the order of Ed25519's group
ALL = []


class Unfit(Exception):
    pass


def need(condition):
    if not condition:
        raise Unfit()


def add(name, codes, make):
    ALL.append((name, make, codes))


def mutation(name, codes, **options):
    """Of a function of a plan and a Random; `options` are Plan's."""
    def register(change):
        def make(rng):
            plan = Plan(rng, **options)
            change(plan, rng)
            return plan
        add(name, codes, make)
        return change
    return register


# --- changes to bytes and texts ---

def flip(data, rng):
    need(data)
    at = rng.randrange(len(data))
    return data[:at] + u8(data[at] ^ 1 << rng.randrange(8)) + data[at + 1:]


def flip_base64(text, rng):
    """Another text of as many bytes."""
    return b64(flip(base64.b64decode(text), rng))


def loosen_base64(text):
    """The same bytes, with unused bits that are not zero."""
    need(text.endswith("="))
    at = len(text.rstrip("=")) - 1
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:at] + alphabet[alphabet.index(text[at]) + 1] + text[at + 1:]


def add_order(signature):
    """The same signature with S + L: what strict verification refuses."""
    s = int.from_bytes(signature[32:], "little") + L
    return signature[:32] + s.to_bytes(32, "little")


def drop(items, rng):
    need(items)
    items.pop(rng.randrange(len(items)))


def double(items, rng):
    need(items)
    at = rng.randrange(len(items))
    items.insert(at, items[at])


def swap(items, rng):
    pairs = [i for i in range(len(items) - 1) if items[i] != items[i + 1]]
    need(pairs)
    at = rng.choice(pairs)
    items[at], items[at + 1] = items[at + 1], items[at]


def alter(items, rng):
    need(items)
    at = rng.randrange(len(items))
    items[at] = flip(items[at], rng)


REORDERINGS = {"dropped": drop, "doubled": double, "swapped": swap}


# --- nothing, and what does no harm ---

@mutation("nothing", GOOD)
def _(plan, rng):
    pass


@mutation("nothing: another file in the directory", GOOD)
def _(plan, rng):
    plan.as_file = False
    plan.on("files", lambda files: None)
    write = plan.write

    def with_more(path):
        policy = write(path)
        (path / "notes-of-the-auditor.txt").write_text("looked at on Monday\n")
        return policy
    plan.write = with_more


@mutation("nothing: charters left out", GOOD)
def _(plan, rng):
    plan.on("files", lambda files: files.update(charters=b""))


@mutation("nothing: cosigners left out", GOOD)
def _(plan, rng):
    plan.on("files", lambda files: files.update(cosigners=b""))


# --- notes ---

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


def note_time(name, codes, *times):
    @note_mutation(name, codes)
    def _(parts, plan, rng):
        found = [w for w in plan.witnesses if w.signs]
        need(found)
        witness = rng.choice(found)
        parts.lines[place_of(parts, witness.vkey_name)] = cosignature_line(
            witness.vkey_name, witness.key, parts.text, rng.choice(times))


note_time("cosigned just not in the future", GOOD, NOW + 300)
note_time("cosigned in the future", FAILS, NOW + 301, NOW + 10**6, 2**63 - 1)
note_time("cosigned at no time", FAILS, 0, 2**63, 2**64 - 1)


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


@cosigner_mutation("a known line fails", FAILS, True)
def _(parts, plan, rng, name):
    witness = rng.choice(plan.witnesses)
    parts.lines = [line for line in parts.lines if line.split(" ")[1] != witness.vkey_name]
    parts.lines.append(signature_line(witness.vkey_name, 4, witness.key.public,
                                      u64(5) + rng.randbytes(64)))


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


# --- the policy ---

def policy_mutation(name, codes):
    def register(change):
        @mutation(f"policy: {name}", codes)
        def _(plan, rng):
            plan.on("policy", lambda lines: change(lines, plan, rng))
        return change
    return register


def place_of_word(lines, word):
    places = [i for i, line in enumerate(lines) if line.startswith(word)]
    need(places)
    return places[0]


@policy_mutation("more of everything that is not needed", GOOD)
def _(lines, plan, rng):
    extra = Key(rng.randbytes(32))
    lines.insert(0, "witness spare " + vkey("spare.example/w", 4, extra.public) + "\thttps://x/ ")
    lines.insert(1, "#" + "x" * rng.choice([10, 5000]))
    lines.insert(2, "group spares\tany \t spare")
    lines.append("# \u00fc")


@policy_mutation("64 KiB", GOOD)
def _(lines, plan, rng):
    lines.append("#" + "x" * (65536 - 2 - len("\n".join(lines).encode()) - 1))


@policy_mutation("more than 64 KiB", UNREADABLE)
def _(lines, plan, rng):
    lines.append("#" + "x" * (65536 - 1 - len("\n".join(lines).encode()) - 1))


@policy_mutation("log key of another", FAILS)
def _(lines, plan, rng):
    at = place_of_word(lines, "log ")
    lines[:] = [line for line in lines if not line.startswith(f"log {plan.origin}+")]
    lines.insert(at, "log " + vkey(plan.origin, 1, Key(rng.randbytes(32)).public))


@policy_mutation("log key under another name", FAILS)
def _(lines, plan, rng):
    lines[:] = [line for line in lines if not line.startswith(f"log {plan.origin}+")]
    lines.insert(0, "log " + vkey(plan.origin + "x", 1, plan.log.keys_before(plan.end)["head"].public))


@policy_mutation("no log", FAILS)
def _(lines, plan, rng):
    lines[:] = [line for line in lines if not line.startswith("log ")]


@policy_mutation("quorum of one who did not sign", FAILS)
def _(lines, plan, rng):
    lines.pop()
    lines.append("witness absent " + vkey("absent.example/w", 4, Key(rng.randbytes(32)).public))
    signed = [w.name for w in plan.witnesses if w.signs]
    grouped = {name for _, _, members in plan.groups for name in members}
    free = [name for name in signed if name not in grouped]
    if free and rng.random() < 0.7:
        lines.append(rng.choice([f"group goal all absent {' '.join(free)}",
                                 f"group goal {len(free) + 1} {' '.join(free)} absent"]))
        lines.append("quorum goal")
    else:
        lines.append("quorum absent")


@policy_mutation("a needed witness has another key", FAILS)
def _(lines, plan, rng):
    witness = signing(plan)
    lines[:] = [line for line in lines if not line.startswith(("group", "quorum", f"witness {witness.name} "))]
    lines.append(f"witness {witness.name} " + vkey(witness.vkey_name, 4, Key(rng.randbytes(32)).public))
    lines.append(f"quorum {witness.name}")


@policy_mutation("a public key twice", UNREADABLE)
def _(lines, plan, rng):
    head, witness = plan.log.keys_before(plan.end)["head"], rng.choice(plan.witnesses)
    lines.insert(rng.randint(0, len(lines)), rng.choice([
        "log " + vkey(plan.origin, 1, head.public), "log " + vkey("other", 1, head.public),
        "witness poser " + vkey("poser", 4, head.public), "log " + vkey("x", 1, witness.key.public),
        "witness again " + vkey(witness.vkey_name, 4, witness.key.public)]))


@policy_mutation("a name twice", UNREADABLE)
def _(lines, plan, rng):
    names = [w.name for w in plan.witnesses] + [name for name, _, _ in plan.groups] + ["none"]
    spare = vkey("spare", 4, Key(rng.randbytes(32)).public)
    lines.append(f"witness {rng.choice(names)} {spare}")


@policy_mutation("a group that cannot be", UNREADABLE)
def _(lines, plan, rng):
    one, two = (f"witness {name} " + vkey(name, 4, Key(rng.randbytes(32)).public) for name in "ab")
    lines[:0] = [one, two] + rng.choice([
        ["group g 0 a b"], ["group g 3 a b"], ["group g 01 a b"], ["group g -1 a b"],
        ["group g all"], ["group g"], ["group g some a b"], ["group g 1 a c"], ["group g 2 a a"],
        ["group g any a", "group h any a"], ["group none any a"], ["group a any b"],
        ["group g any g"], ["group g any h", "group h any a"], ["group g any none"],
        ["group g 99999999999999999999 a b"], ["group g ALL a b"], ["group g 1.0 a"]])


@policy_mutation("quorum that cannot be", UNREADABLE)
def _(lines, plan, rng):
    lines[-1:] = rng.choice([[], ["quorum none", "quorum none"], ["quorum nobody"], ["quorum"],
                             ["quorum none none"], [lines[-1], lines[-1]],
                             ["quorum later", "witness later " + vkey("later", 4, bytes(32))]])


@policy_mutation("a line that cannot be", UNREADABLE)
def _(lines, plan, rng):
    good = vkey("n", 1, rng.randbytes(32))
    cosigner = vkey("n", 4, rng.randbytes(32))
    name, identifier, encoded = good.split("+", 2)
    lines.insert(0, rng.choice([
        "mirror x " + good, "LOG " + good, "log", "log " + cosigner, "witness n " + good,
        "log " + vkey("n", 6, rng.randbytes(32)), "log " + good + " https://x/ y",
        "witness n " + cosigner + " https://x/ y", "witness n", "log " + good[:-1],
        f"log {name}+{identifier}", f"log {name}", f"log +{identifier}+{encoded}",
        f"log {name}+{sha256(encoded.encode()).hex()[:8]}+{encoded}",
        f"log {name}+{identifier[:-1]}+{encoded}", f"log {name}+0x{identifier}+{encoded}",
        f"log {name}+{identifier}+{b64(u8(1) + bytes(31))}",
        f"log {name}+{identifier}+{b64(u8(1) + bytes(33))}", "log " + good + "=",
        f"log x{name}+{identifier}+{encoded}", "quorum: none"]))


@policy_mutation("uppercase key ID", UNREADABLE)
def _(lines, plan, rng):
    at = place_of_word(lines, "log ")
    fields = lines[at].split("+", 2)
    need(fields[1] != fields[1].upper())
    lines[at] = "+".join([fields[0], fields[1].upper(), fields[2]])


@policy_mutation("control bytes", UNREADABLE)
def _(lines, plan, rng):
    at = rng.randrange(len(lines))
    lines[at] += rng.choice(["\r", "\x00", "\x1b", "\x0b", "\x0c"])


@policy_mutation("no UTF-8", UNREADABLE)
def _(lines, plan, rng):
    lines.append("# \udcff")


@policy_mutation("CR LF", UNREADABLE)
def _(lines, plan, rng):
    lines[:] = [line + "\r" for line in lines]


# --- the manifest ---

def manifest_mutation(name, codes, **options):
    def register(change):
        @mutation(f"manifest: {name}", codes, **options)
        def _(plan, rng):
            plan.on("manifest_text", lambda lines: change(lines, plan, rng))
        return change
    return register


def field_mutation(word, codes, values):
    """`values` of (plan, rng, value): texts to put in its place."""
    @manifest_mutation(f"{word} changed ({'/'.join(map(str, sorted(codes)))})", codes)
    def _(lines, plan, rng):
        at = place_of_word(lines, word + " ")
        value = lines[at][len(word) + 1:]
        changed = rng.choice(values(plan, rng, value))
        need(changed != value)
        lines[at] = f"{word} {changed}"


field_mutation("kind", UNREADABLE, lambda p, r, v: ["LOG", "", "logs", "decisions", " log", "log ",
                                                   "excerpt" if v == "log" else "log"])
field_mutation("origin", UNREADABLE, lambda p, r, v: ["", v.upper(), v + "_", "x" * 201, v + " x"])
field_mutation("origin", FAILS, lambda p, r, v: ["y", v[:-1] + "x" if v != "x" else "z"])
field_mutation("circle", UNREADABLE, lambda p, r, v: [v.upper(), v[:-1], v + "00", v[:-1] + "g", ""])
field_mutation("made-at", UNREADABLE, lambda p, r, v: ["0", "0" + v, str(2**63), "-1", v + ".0", "1e9",
                                                      str(2**64 + int(v)), "+" + v])
field_mutation("made-at", FAILS, lambda p, r, v: [str(NOW + 301), str(2**63 - 1)])
field_mutation("signer", UNREADABLE, lambda p, r, v: [v[:-1], v + "0", v.upper(), "0x" + v])
field_mutation("signer", FAILS, lambda p, r, v: [flip(bytes.fromhex(v), r).hex()])
field_mutation("from", UNREADABLE, lambda p, r, v: ["0" + v, "-1", str(p.end), str(p.end + 1),
                                                   str(2**63), "", "x"])
field_mutation("to", UNREADABLE, lambda p, r, v: ["0" + v, "0", str(p.begin), str(2**63),
                                                 str(2**64 + int(v))])
field_mutation("to", FAILS, lambda p, r, v: [str(int(v) + 1), str(2**63 - 1)])


@manifest_mutation("circle of another", FAILS)
def _(lines, plan, rng):
    need(plan.log.charters and not plan.hooks["files"])
    lines[3] = "circle " + rng.randbytes(16).hex()


@manifest_mutation("version", UNREADABLE)
def _(lines, plan, rng):
    lines[0] = rng.choice(["daftar-bundle/v2", "daftar-bundle/v1 ", "", "Daftar-bundle/v1", "\ufeff"])
    need(lines[0] != "\ufeff")


for how, change in REORDERINGS.items():
    @manifest_mutation(f"file line {how}", UNREADABLE)
    def _(lines, plan, rng, change=change):
        files = lines[8:]
        before = list(files)
        optional = [i for i, line in enumerate(files) if line.split(" ")[1] in ("openings", "case")
                    or line.split(" ")[1].endswith(".body")]
        if change is drop:  # openings, case and bodies may be missing, but for what they hold
            files.pop(rng.choice([i for i in range(len(files)) if i not in optional]))
        else:
            change(files, rng)
        need(before != files)
        lines[8:] = files

    @manifest_mutation(f"head line {how}", UNREADABLE)
    def _(lines, plan, rng, change=change):
        head = lines[:8]
        change(head, rng)
        lines[:8] = head


@manifest_mutation("file of another kind", UNREADABLE)
def _(lines, plan, rng):
    name = rng.choice(["leaves", "HEAD", "entry-1.leaf", "manifest", "../head", "/etc/passwd", "x/..",
                       "", ".", "entry-01.leaf", "entry-0.leaf.x", "head\\", "frontier"])
    lines.insert(rng.randint(8, len(lines)), f"file {name} 0 {sha256(b'').hex()}")


@manifest_mutation("file renamed", UNREADABLE)
def _(lines, plan, rng):
    at = rng.randrange(8, len(lines))
    word, name, size, digest = lines[at].split(" ")
    name = rng.choice(["./" + name, "../bundle/" + name, name.upper(), name + "x", "/" + name, name + "\0"])
    lines[at] = f"{word} {name} {size} {digest}"


@manifest_mutation("excerpted entry under another number", UNREADABLE, kind="excerpt")
def _(lines, plan, rng):
    need(plan.excerpted)
    number = rng.choice(plan.excerpted)
    for at in range(8, len(lines)):
        lines[at] = lines[at].replace(f"entry-{number}.tlog-proof", rng.choice(
            [f"entry-{number + 1}.tlog-proof", f"entry-0{number}.tlog-proof", "entry-.tlog-proof"]))


@manifest_mutation("a file's length", UNREADABLE)
def _(lines, plan, rng):
    at = rng.randrange(8, len(lines))
    word, name, size, digest = lines[at].split(" ")
    size = rng.choice([str(int(size) + 1), "0" + size, str(2**40 + 1), str(2**40), str(2**63),
                       str(2**64 + int(size)), "-" + size, "", "0x10", size + "."])
    lines[at] = f"{word} {name} {size} {digest}"


@manifest_mutation("a file's digest", FAILS)
def _(lines, plan, rng):
    at = rng.randrange(8, len(lines))
    word, name, size, digest = lines[at].split(" ")
    lines[at] = f"{word} {name} {size} {flip(bytes.fromhex(digest), rng).hex()}"


@manifest_mutation("a line that is none", UNREADABLE)
def _(lines, plan, rng):
    at = rng.randrange(len(lines))
    line = lines[at]
    changed = rng.choice([line + " ", " " + line, line.replace(" ", "  ", 1), line.replace(" ", "\t", 1),
                          line + "\r", line.upper(), line + "\x00", line + "\u00fc",
                          line.replace(" ", "", 1)])
    need(changed != line)
    lines[at] = changed


@manifest_mutation("digest in capitals", UNREADABLE)
def _(lines, plan, rng):
    at = rng.randrange(8, len(lines))
    word, name, size, digest = lines[at].split(" ")
    lines[at] = f"{word} {name} {size} {digest.upper()}"


@manifest_mutation("an empty line more", UNREADABLE)
def _(lines, plan, rng):
    lines.insert(rng.randint(1, len(lines)), "")


@manifest_mutation("too many files", UNREADABLE)
def _(lines, plan, rng):
    lines += [f"file x{i} 0 {sha256(b'').hex()}" for i in range(2049)]


@mutation("manifest: signed by another key", FAILS)
def _(plan, rng):
    signer, plan.signer = plan.signer, Key(rng.randbytes(32))
    if rng.random() < 0.5:  # and names the right one
        identifier = key_id(plan.log.origin + b"/entry", 1, signer.public).hex()
        plan.on("manifest_text", lambda lines: lines.__setitem__(5, f"signer {identifier}"))


@mutation("manifest: signed by an older entry key", FAILS)
def _(plan, rng):
    older = [keys["entry"] for keys in plan.log.keys.values()
             if keys["entry"].public != plan.signer.public]
    need(older)
    plan.signer = rng.choice(older)


@mutation("manifest: signed by the head key", FAILS)
def _(plan, rng):
    plan.signer = plan.log.current["head"]


def manifest_signature(name, codes, change):
    @mutation(f"manifest: signature {name}", codes)
    def _(plan, rng):
        def on_bytes(data):
            gap = data.index(b"\n\n") + 2
            end = data.index(b"\n", gap)
            text, line, rest = data[:gap - 1], data[gap:end].decode(), data[end + 1:]
            return text + change(line, text, plan, rng) + rest
        plan.on("bytes", on_bytes)


def in_signature(change):
    return lambda line, text, plan, rng: ("\nsignature " + change(line[10:], rng) + "\n").encode()


manifest_signature("flipped", FAILS, in_signature(flip_base64))
manifest_signature("with S + L", FAILS, in_signature(
    lambda text, rng: b64(add_order(base64.b64decode(text)))))
manifest_signature("not canonical", UNREADABLE, in_signature(lambda text, rng: rng.choice(
    [loosen_base64(text), text[:-1], text + "=", text.rstrip("="), " " + text, text + " ", text[4:],
     "AAAA" + text, text[:40] + "\t" + text[40:]])))
manifest_signature("under another word", UNREADABLE, lambda line, text, plan, rng: (
    "\n" + rng.choice(["Signature", "signature:", "sig", " signature"]) + line[9:] + "\n").encode())
manifest_signature("twice", UNREADABLE, lambda line, text, plan, rng: f"\n{line}\n{line}\n".encode())
manifest_signature("without an empty line", BAD, lambda line, text, plan, rng: f"{line}\n".encode())
manifest_signature("with CR", UNREADABLE, lambda line, text, plan, rng: f"\n{line}\r\n".encode())
manifest_signature("of the text alone", FAILS, lambda line, text, plan, rng: (
    "\nsignature " + b64(plan.signer.sign(text)) + "\n").encode())
manifest_signature("of another type", FAILS, lambda line, text, plan, rng: (
    "\nsignature " + b64(plan.signer.sign(dsse(BUNDLE_TYPE + b"x", text))) + "\n").encode())


@mutation("manifest: CR LF", UNREADABLE)
def _(plan, rng):
    plan.as_file = False
    plan.on("bytes", lambda data: data.replace(b"\n", b"\r\n"))


# --- the container ---

@mutation("container: cut off", UNREADABLE)
def _(plan, rng):
    plan.on("bytes", lambda data: data[:rng.randrange(len(data))])


@mutation("container: longer", UNREADABLE)
def _(plan, rng):
    plan.on("bytes", lambda data: data + rng.choice([b"\0", b"\n", rng.randbytes(9)]))


@mutation("container: a bit", BAD)
def _(plan, rng):
    plan.on("bytes", lambda data: flip(data, rng))


@mutation("container: a byte less or more inside", BAD)
def _(plan, rng):
    def change(data):
        at = rng.randrange(len(data))
        return data[:at] + rng.choice([data[at + 1:], b"\n" + data[at:], data[at:at + 1] + data[at:]])
    plan.as_file = False
    plan.on("bytes", change)


def file_in_directory(name, codes, change):
    @mutation(f"container: a file {name}", codes)
    def _(plan, rng):
        plan.as_file, write = False, plan.write

        def after(path):
            policy = write(path)
            files = sorted(file for file in path.iterdir() if file.stat().st_size > 0)
            change(rng.choice(files), rng)
            return policy
        plan.write = after


file_in_directory("missing", UNREADABLE, lambda file, rng: file.unlink())
file_in_directory("with a bit flipped", BAD,
                  lambda file, rng: file.write_bytes(flip(file.read_bytes(), rng)))
file_in_directory("longer", UNREADABLE, lambda file, rng: file.write_bytes(file.read_bytes() + b"\n"))
file_in_directory("shorter", UNREADABLE, lambda file, rng: file.write_bytes(file.read_bytes()[:-1]))


# --- a bit or a byte anywhere, with the manifest made anew ---

UNCERTAIN = ("head", "head-from", "cosigners", "case")  # lines of unknown keys, actors, times

for target in ("head", "head-from", "consistency", "frontier", "earlier", "entries", "bodies",
               "charters", "cosigners", "openings", "case", "leaf", "body", "tlog-proof"):
    for how in ("bit", "byte less", "byte more"):
        @mutation(f"{target}: a {how}", EITHER if target in UNCERTAIN else FAILS,
                  kind="excerpt" if target in ("leaf", "body", "tlog-proof") else None)
        def _(plan, rng, target=target, how=how):
            def on_files(files):
                names = [name for name in files if name == target or name.endswith("." + target)]
                need(names)
                name = rng.choice(names)
                data = files[name]
                at = rng.randrange(len(data)) if data else 0
                if how == "bit":
                    files[name] = flip(data, rng)
                elif how == "byte less":
                    need(data)
                    files[name] = data[:at] + data[at + 1:]
                else:
                    files[name] = data[:at] + rng.choice([b"\0", b"\n", rng.randbytes(1)]) + data[at:]
                need(files[name] != data)
            plan.on("files", on_files)


# --- evidence of a fork ---

def fork_mutation(name, codes, same=None):
    def register(change):
        def make(rng):
            plan = ForkPlan(rng)
            need(same in (None, plan.same))
            change(plan, rng)
            return plan
        add(f"fork: {name}", codes, make)
        return change
    return register


def fork_text(name, codes, same, change):
    """Of a function of the lines, the notes and a Random."""
    @fork_mutation(name, codes, same)
    def _(plan, rng):
        plan.hooks.append(lambda lines, notes: change(lines, notes, rng))


def change_line(at, *texts):
    def change(lines, notes, rng):
        before = lines[at]
        lines[at] = rng.choice(texts)(before)
        need(lines[at] != before)
    return change


@fork_mutation("nothing", GOOD)
def _(plan, rng):
    pass


@fork_mutation("no fork: one head twice", FAILS, True)
def _(plan, rng):
    plan.texts[1] = plan.texts[0]


@fork_mutation("no fork: roots that are consistent", FAILS, False)
def _(plan, rng):
    plan.root = base64.b64decode(plan.texts[0].split("\n")[2])


@fork_mutation("no fork: notes of two logs", FAILS)
def _(plan, rng):
    at = rng.randrange(2)
    plan.texts[at] = "y" + plan.texts[at]
    if rng.random() < 0.5:
        plan.names[at] = "y" + plan.origin


@fork_mutation("one note is signed by another key", FAILS)
def _(plan, rng):
    at = rng.randrange(2)
    plan.keys[at] = Key(rng.randbytes(32))
    if rng.random() < 0.5:  # which the policy knows as another log's
        plan.names[at] = "y"
        plan.policy_lines.insert(0, "log " + vkey("y", 1, plan.keys[at].public))


@fork_mutation("the policy knows another key", FAILS)
def _(plan, rng):
    plan.policy_lines[0] = "log " + vkey(plan.origin, 1, Key(rng.randbytes(32)).public)


@fork_mutation("the policy cannot be read", UNREADABLE)
def _(plan, rng):
    plan.policy_lines.append("quorum none")


@fork_mutation("the notes are the other way round", FAILS, False)
def _(plan, rng):
    plan.texts.reverse()


@fork_mutation("no root", FAILS, False)
def _(plan, rng):
    plan.root = None


@fork_mutation("a root with notes of one size", FAILS, True)
def _(plan, rng):
    plan.root = base64.b64decode(plan.texts[1].split("\n")[2])


@fork_mutation("a root that the tree had not", FAILS, False)
def _(plan, rng):
    plan.root = flip(plan.root, rng)


for how, change in {**REORDERINGS, "altered": alter}.items():
    @fork_mutation(f"proof hash {how}", FAILS, False)
    def _(plan, rng, change=change):
        change(plan.proof, rng)


@fork_mutation("a first note of size 0", FAILS, False)
def _(plan, rng):
    plan.texts[0] = checkpoint(plan.origin, 0, sha256(b"x"))


@fork_mutation("a checkpoint that is none", FAILS)
def _(plan, rng):
    at = rng.randrange(2)
    plan.texts[at] = rng.choice([plan.texts[at] + "x\n", plan.texts[at].replace("\n", "\n0", 1)])


fork_text("first line", UNREADABLE, None, change_line(
    0, lambda line: "daftar-fork/v2", lambda line: line + " ", lambda line: ""))
fork_text("origin", FAILS, None, change_line(1, lambda line: line + "x", lambda line: "origin y"))
fork_text("origin that is none", UNREADABLE, None, change_line(
    1, lambda line: line.upper(), lambda line: "origin ", lambda line: line + "_",
    lambda line: line + "\r"))
fork_text("length of a note", UNREADABLE, None, lambda lines, notes, rng: change_line(
    rng.choice([2, 3]), lambda line: line + "0", lambda line: line.replace(" ", " 0"),
    lambda line: line[:-1], lambda line: line.split(" ")[0] + f" {2**64 + int(line.split(' ')[1])}",
    lambda line: line.split(" ")[0] + " -1", lambda line: line + " ")(lines, notes, rng))
fork_text("root that is none", UNREADABLE, False, change_line(
    4, lambda line: line[:-1], lambda line: "root " + loosen_base64(line[5:]),
    lambda line: "root " + b64(bytes(31)), lambda line: line.upper(), lambda line: line[4:]))
fork_text("proof without a root", UNREADABLE, False, change_line(4, lambda line: line[5:]))


@mutation("excerpt: of no entry", UNREADABLE, kind="excerpt")
def _(plan, rng):
    plan.excerpted = []
    plan.openings, plan.case, plan.with_openings = {}, None, False


fork_text("line dropped", UNREADABLE, None, lambda lines, notes, rng: lines.pop(rng.randrange(4)))
fork_text("too long", UNREADABLE, None, lambda lines, notes, rng: notes.append(b"\n"))
fork_text("too short", UNREADABLE, None, lambda lines, notes, rng: notes.__setitem__(1, notes[1][:-1]))
fork_text("a bit of a note", EITHER, None, lambda lines, notes, rng: notes.__setitem__(
    rng.randrange(2), flip(notes[0], rng)) if False else alter(notes, rng))
fork_text("a known line twice", FAILS, None, lambda lines, notes, rng: double_line(lines, notes, rng))
fork_text("CR LF", UNREADABLE, None, lambda lines, notes, rng: lines.__setitem__(
    slice(None), [line + "\r" for line in lines]))


def double_line(lines, notes, rng):
    at = rng.randrange(2)
    notes[at] += notes[at].split(b"\n\n")[1]
    lines[2 + at] = lines[2 + at].split(" ")[0] + f" {len(notes[at])}"
