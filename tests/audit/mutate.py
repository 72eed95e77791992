"""What the mutation test changes in a good bundle or its policy, one thing each: what is common to
the modules mutate_*, which add to `ALL`.

`ALL` has (name, make, codes): `make(rng)` gives a plan with a write(path) (make_bundles.py), `codes`
the exit codes that a verifier may have: EITHER where any may be right and only agreement counts.
Unfit is raised where a plan has nothing that the mutation changes; the next plan may.
"""
import base64

from log_model import Log, Unfit, u8
from make_bundles import Plan, b64

GOOD, FAILS, UNREADABLE, BAD, EITHER = {0}, {1}, {2}, {1, 2}, {0, 1, 2}
L = 2**252 + 27742317777372353535851937790883648493  # the order of Ed25519's group
ALL = []


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


for kind in ("log", "excerpt"):
    # Its signature is a matter of `keys`, so that `signatures` has nothing to look at.
    add(f"nothing: KEYS alone, {kind}", GOOD,
        lambda rng, kind=kind: Plan(rng, log=Log(rng, 1), kind=kind))
