"""The mutations of the auditor's policy."""
from log_model import Key, sha256, u8
from make_bundles import b64, vkey
from mutate import FAILS, GOOD, UNREADABLE, mutation, need
from mutate_case import fields
from mutate_notes import signing


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
