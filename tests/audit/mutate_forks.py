"""The mutations of the evidence of a fork."""
import base64

from log_model import Key, sha256
from make_bundles import ForkPlan, b64, checkpoint, cosignature_line, vkey
from mutate import (BAD, EITHER, FAILS, GOOD, REORDERINGS, UNREADABLE, add, alter, flip, loosen_base64,
                    mutation, need)


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


def cosigned(known, fails):
    """One note, or both, with a witness's line."""
    def change(plan, rng):
        witness = Key(rng.randbytes(32))
        if known:
            plan.policy_lines.insert(1, "witness w " + vkey("w.example/mirror", 4, witness.public))

        def add_lines(lines, notes):
            for at in rng.choice([(0,), (1,), (0, 1)]):
                text = "no such text\n" if fails else plan.texts[at]
                line = cosignature_line("w.example/mirror", witness, text, rng.randrange(1, 2**32))
                notes[at] += (line + "\n").encode()
                lines[2 + at] = lines[2 + at].split(" ")[0] + f" {len(notes[at])}"
        plan.hooks.append(add_lines)
    return change


fork_mutation("cosigned by a witness", GOOD)(cosigned(True, False))
fork_mutation("cosigned by a stranger", GOOD)(cosigned(False, False))
fork_mutation("a stranger's line that fails", GOOD)(cosigned(False, True))
fork_mutation("a witness's line that fails", FAILS)(cosigned(True, True))


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
fork_text("a bit of a note", EITHER, None, lambda lines, notes, rng: alter(notes, rng))
fork_text("a known line twice", FAILS, None, lambda lines, notes, rng: double_line(lines, notes, rng))
fork_text("a note of more than 32 KiB", BAD, None, lambda lines, notes, rng: lengthen(
    lines, notes, rng, 33000))
fork_text("more than 81,920 bytes", UNREADABLE, None, lambda lines, notes, rng: lengthen(
    lines, notes, rng, 82000))
fork_text("CR LF", UNREADABLE, None, lambda lines, notes, rng: lines.__setitem__(
    slice(None), [line + "\r" for line in lines]))


def lengthen(lines, notes, rng, count):
    at = rng.randrange(2)
    notes[at] += b"\n" * count
    lines[2 + at] = lines[2 + at].split(" ")[0] + f" {len(notes[at])}"


def double_line(lines, notes, rng):
    at = rng.randrange(2)
    notes[at] += notes[at].split(b"\n\n")[1]
    lines[2 + at] = lines[2 + at].split(" ")[0] + f" {len(notes[at])}"
