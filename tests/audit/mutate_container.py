"""The mutations of the manifest, of the container, and of a byte anywhere."""
import base64

from log_model import Key, NOW, key_id, sha256
from make_bundles import BUNDLE_TYPE, b64, dsse
from mutate import (BAD, EITHER, FAILS, GOOD, REORDERINGS, UNREADABLE, add_order, drop, flip, flip_base64,
                    loosen_base64, mutation, need)
from mutate_entries import visible
from mutate_policy import place_of_word


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
field_mutation("made-at", FAILS, lambda p, r, v: ["1"])
field_mutation("signer", UNREADABLE, lambda p, r, v: [v[:-1], v + "0", v.upper(), "0x" + v])
field_mutation("signer", FAILS, lambda p, r, v: [flip(bytes.fromhex(v), r).hex()])
field_mutation("from", UNREADABLE, lambda p, r, v: ["0" + v, "-1", str(p.end), str(p.end + 1),
                                                   str(2**63), "", "x"])
field_mutation("to", UNREADABLE, lambda p, r, v: ["0" + v, "0", str(p.begin), str(2**63),
                                                 str(2**64 + int(v))])
field_mutation("to", FAILS, lambda p, r, v: [str(int(v) + 1), str(2**63 - 1)])


def made_before(name, codes, seconds):
    @mutation(f"manifest: made {name} before the newest entry", codes)
    def _(plan, rng):
        plan.made_at = max(entry.issued_at for entry in visible(plan)) - seconds


made_before("300 s", GOOD, 300)
made_before("301 s", FAILS, 301)
made_before("an hour", FAILS, 3600)


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
