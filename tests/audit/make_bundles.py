#!/usr/bin/env python3
"""Makes good audit bundles of made-up logs, with hooks at each step for mutations.py.

    make_bundles.py FOLDER [--count N] [--seed N]

writes N bundles with their policies, to look at.
"""
import argparse
import base64
import datetime
import pathlib
import random

from log_model import (CLOCK_SECONDS, HOUR, NOW, PROOF_KINDS, Key, Log, consistency_proof, dsse,
                       frontier, inclusion_proof, key_id, leaf_hash, sha256, tree_root, u8, u16, u32,
                       u64)

BUNDLE_TYPE = b"application/vnd.daftar.bundle.v1+text"


def b64(data):
    return base64.b64encode(data).decode()


def vkey(name, key_type, public):
    return f"{name}+{key_id(name.encode(), key_type, public).hex()}+{b64(u8(key_type) + public)}"


def signature_line(name, key_type, public, blob):
    return f"\u2014 {name} {b64(key_id(name.encode(), key_type, public) + blob)}"


def log_line(name, key, text):
    return signature_line(name, 1, key.public, key.sign(text.encode()))


def cosignature_line(name, key, text, time):
    signature = key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    return signature_line(name, 4, key.public, u64(time) + signature)


def checkpoint(origin, size, root):
    return f"{origin}\n{size}\n{b64(root)}\n"


class NoteParts:
    """A note before it is put together: mutations may change what they like."""

    def __init__(self, text, lines):
        self.text, self.lines, self.raw = text, lines, None

    def bytes(self):
        return (self.raw or self.text + "\n" + "".join(line + "\n" for line in self.lines)).encode()


class Witness:
    def __init__(self, name, vkey_name, key, signs):
        self.name, self.vkey_name, self.key, self.signs = name, vkey_name, key, signs


class Plan:
    """All that goes into one bundle and its policy, from which write() makes them.

    The hooks are lists of functions: `on_note` (name, NoteParts), `on_files` (dict in order),
    `on_manifest_text` (list of lines, before it is signed), `on_policy` (list of lines),
    `on_bytes` (what a single file or the manifest has in the end, gives it back changed).
    """

    def __init__(self, rng, log=None, kind=None, begin=None):
        self.rng = rng
        count = rng.choice([2, 3, rng.randint(1, 12), rng.randint(5, 30), 16])
        self.log = log or Log(rng, count)
        self.origin = self.log.origin.decode()
        self.made_at, self.end = self.log.made_at, len(self.log.entries)
        self.kind = kind or rng.choice(["log", "log", "log", "excerpt"])
        self.begin = 0
        if self.kind == "log" and self.end > 1:
            self.begin = rng.choice([0, 0, rng.randint(1, self.end - 1)]) if begin is None else begin
        self.circle, self.signer = self.log.circle, self.log.current["entry"]
        self.hooks = {name: [] for name in ("note", "files", "manifest_text", "policy", "bytes")}
        self.as_file = rng.random() < 0.5
        self.excerpted = self.choose_excerpt() if self.kind == "excerpt" else []
        self.choose_openings()
        self.choose_policy()
        self.signature = None

    def on(self, hook, function):
        self.hooks[hook].append(function)

    def run(self, hook, *arguments):
        for function in self.hooks[hook]:
            function(*arguments)

    # --- choices ---

    def own(self):
        """The entries that the bundle is about."""
        if self.kind == "excerpt":
            return [self.log.entries[index] for index in self.excerpted]
        return self.log.entries[self.begin:]

    def choose_excerpt(self):
        rng = self.rng
        chosen = set(rng.sample(range(self.end), rng.randint(1, min(self.end, 6))))
        for index in list(chosen):
            entry = self.log.entries[index]
            report = getattr(entry, "report", None)
            if report and report.erased:
                chosen.update(update.index for update in report.updates if update.kind == 7)
        return sorted(chosen)

    def choose_openings(self):
        rng = self.rng
        possible = [entry.report for entry in self.own() if entry.kind == 1 and entry.has_body]
        self.openings = {}
        if possible and rng.random() < 0.7:
            chosen = rng.sample(possible, rng.randint(1, len(possible)))
            self.openings = {report.index: report.key for report in chosen}
        self.case = None
        if self.openings and rng.random() < 0.6:
            index = rng.choice(sorted(self.openings))
            self.case = next(r for r in self.log.reports if r.index == index)
        self.with_openings = bool(self.openings) or rng.random() < 0.1

    def choose_policy(self):
        rng = self.rng
        self.partners = []
        for name in sorted(rng.sample(["toko-b.example/daftar", "toko-c.example/daftar",
                                       "kedai/daftar", "warung/daftar"], rng.randint(0, 4))):
            self.partners.append((name, Key(rng.randbytes(32)), Key(rng.randbytes(32))))
        known = [partner for partner in self.partners if rng.random() < 0.7]
        self.known_partners = {name for name, _, _ in known}
        self.witnesses = [Witness(f"w{i}", name + "/mirror", mirror, rng.random() < 0.8)
                          for i, (name, _, mirror) in enumerate(known)]
        if rng.random() < 0.5 or not self.witnesses:
            self.witnesses.append(Witness("outside", "witness.example/w1", Key(rng.randbytes(32)),
                                          rng.random() < 0.8))
        heads = [self.log.keys_before(self.end)["head"]]
        if self.begin and self.knows_keys_before(self.begin):
            older = self.log.keys_before(self.begin)["head"]
            if older.public != heads[0].public:
                heads.append(older)
        self.logs = [(self.origin, head.public) for head in heads]
        self.logs += [(name, key.public) for name, key, _ in known]
        if self.logs and rng.random() < 0.2:
            self.logs.append(("elsewhere.example/log", Key(rng.randbytes(32)).public))
        self.groups, self.quorum = [], "none"
        self.choose_quorum()

    def knows_keys_before(self, index):
        return any(at < index for at in self.log.keys)

    def choose_quorum(self):
        rng, witnesses = self.rng, self.witnesses
        signing = [w.name for w in witnesses if w.signs]
        shape = rng.choice(["none", "one", "any", "all", "k", "nested"])
        if shape == "none" or not signing:
            return
        self.quorum = "q"
        names = [w.name for w in witnesses]
        if shape == "one":
            self.quorum = signing[0]
        elif shape == "any":
            self.groups = [("q", "any", names)]
        elif shape == "all":
            self.groups = [("q", "all", signing)]
        elif shape == "k":
            self.groups = [("q", str(rng.randint(1, len(signing))), names)]
        else:
            inner = [("inner", rng.choice(["any", "1"]), names[:1 + len(names) // 2])]
            rest = names[1 + len(names) // 2:]
            reached = sum(n in signing for n in rest) + any(n in signing for n in inner[0][2])
            self.groups = inner + [("q", str(reached), ["inner"] + rest)]

    # --- making ---

    def cosigners_of(self, text):
        """Lines of all that sign a head of this log."""
        rng = self.rng
        return [cosignature_line(w.vkey_name, w.key, text, self.cosigned_at())
                for w in self.witnesses if w.signs]

    def cosigned_at(self):
        latest = min(NOW, self.made_at) + CLOCK_SECONDS
        return self.rng.choice([1, min(self.log.time, latest), self.made_at, latest])

    def note(self, name, size):
        keys = self.log.keys_before(size) if self.knows_keys_before(size) else self.log.current
        text = checkpoint(self.origin, size, tree_root(self.hashes[:size]))
        if name == "head":
            self.head_text = text
        lines = [log_line(self.origin, keys["head"], text)]
        if self.rng.random() < 0.8:
            lines.append(cosignature_line(self.origin + "/self", keys["self"], text, self.log.time))
        lines += self.cosigners_of(text)
        parts = NoteParts(text, lines)
        self.run("note", name, parts)
        return parts.bytes()

    def record(self, entry):
        body = entry.body if entry.has_body else b""
        proof = inclusion_proof(entry.index, self.hashes)
        return (u64(entry.index) + u16(len(self.leaves[entry.index])) + self.leaves[entry.index]
                + u16(len(body)) + body + u8(len(proof)) + b"".join(proof))

    def earlier(self, below):
        return b"".join(self.record(entry) for entry in self.log.entries[:below] if entry.kind >= 9)

    def charters(self):
        files = {}
        for entry in self.log.entries:
            if entry.kind == 10 and not getattr(entry, "withheld", False):
                text = entry.charter.text()
                files[sha256(text)] = text
        return b"".join(u32(len(files[key])) + files[key] for key in sorted(files))

    def cosigners(self):
        notes = []
        for name, key, mirror in sorted(self.partners):
            text = checkpoint(name, self.rng.randint(1, 10**6), self.rng.randbytes(32))
            lines = [log_line(name, key, text)]
            lines += [cosignature_line(w.vkey_name, w.key, text, self.log.time)
                      for w in self.witnesses if self.rng.random() < 0.3]
            parts = NoteParts(text, lines)
            self.run("note", "cosigner:" + name, parts)
            notes.append(parts.bytes())
        return b"".join(u32(len(note)) + note for note in notes)

    def case_text(self):
        report = self.case

        def day(number):
            return (datetime.date(1970, 1, 1) + datetime.timedelta(days=number)).isoformat()
        lines = ["daftar-case/v1", f"incident {report.salt[:16].hex()}", f"report {report.index}",
                 f"filed {report.time * 1000 - 5000} {report.filed_by}"]
        if report.approved_by:
            lines.append(f"approved {report.time * 1000 - 4000} {report.approved_by}")
        if report.told_on:
            lines.append(f"told-on {day(report.told_on)}")
        if report.notice:
            lines.append(f"notice {report.notice}")
            lines.append(f"held-until {report.notice + report.profile.hold_hours * HOUR}")
        lines += [f"reminder {day(reminder)}" for reminder in report.original["reminders"]]
        lines += [f"proof {number} {kind} {PROOF_KINDS[kind]} {len(content)} {salt.hex()} {digest.hex()}"
                  for number, kind, content, salt, digest in report.proofs]
        lines.append(f"event {report.time * 1000 - 5000} added {report.filed_by}")
        return ("\n".join(lines) + "\n").encode()

    def files(self):
        """Names and bytes, in their order."""
        self.leaves = self.log.leaves()
        self.hashes = [leaf_hash(leaf) for leaf in self.leaves]
        files = {"head": self.note("head", self.end)}
        if self.begin > 0:
            files["head-from"] = self.note("head-from", self.begin)
            proof = consistency_proof(self.begin, self.hashes)
            files["consistency"] = (f"old {self.begin}\n" + "".join(b64(h) + "\n" for h in proof)
                                    + "\n").encode() + files["head"]
            files["frontier"] = b"".join(frontier(self.hashes[:self.begin]))
            files["earlier"] = self.earlier(self.begin)
        if self.kind == "log":
            files["entries"] = b"".join(u16(len(leaf)) + leaf for leaf in self.leaves[self.begin:])
            files["bodies"] = b"".join(u64(e.index) + u16(len(e.body)) + e.body
                                       for e in self.own() if e.has_body)
        else:
            files["earlier"] = self.earlier(self.end)
        files["charters"], files["cosigners"] = self.charters(), self.cosigners()
        if self.with_openings:
            files["openings"] = b"".join(u64(i) + self.openings[i] for i in sorted(self.openings))
        if self.case:
            files["case"] = self.case_text()
        for entry in self.own() if self.kind == "excerpt" else []:
            name = f"entry-{entry.index}"
            files[name + ".leaf"] = self.leaves[entry.index]
            if entry.has_body:
                files[name + ".body"] = entry.body
            proof = inclusion_proof(entry.index, self.hashes)
            files[name + ".tlog-proof"] = (f"c2sp.org/tlog-proof@v1\nindex {entry.index}\n" + "".join(
                b64(h) + "\n" for h in proof) + "\n").encode() + files["head"]
        return files

    def manifest(self, files):
        lines = ["daftar-bundle/v1", f"kind {self.kind}", f"origin {self.origin}",
                 f"circle {self.circle.hex()}", f"made-at {self.made_at}",
                 f"signer {key_id(self.log.origin + b'/entry', 1, self.signer.public).hex()}",
                 f"from {self.begin}", f"to {self.end}"]
        lines += [f"file {name} {len(data)} {sha256(data).hex()}" for name, data in files.items()]
        self.run("manifest_text", lines)
        text = "".join(line + "\n" for line in lines).encode()
        signature = self.signature or self.signer.sign(dsse(BUNDLE_TYPE, text))
        return text + b"\nsignature " + b64(signature).encode() + b"\n"

    def policy(self):
        lines = ["# made up", ""]
        lines += ["log " + vkey(name, 1, public) + (" https://x.example/" if self.rng.random() < 0.2
                                                    else "") for name, public in self.logs]
        lines += [f"witness {w.name} \t" + vkey(w.vkey_name, 4, w.key.public) for w in self.witnesses]
        lines += [f"group {name} {rule} {' '.join(members)}" for name, rule, members in self.groups]
        lines.append(f"quorum {self.quorum}")
        self.run("policy", lines)
        return "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n"

    def write(self, path):
        """Writes the bundle to `path` and its policy beside it; the path of the policy."""
        files = self.files()
        self.run("files", files)
        manifest = self.manifest(files)
        path = pathlib.Path(path)
        if self.as_file:
            data = manifest + b"".join(files.values())
            for function in self.hooks["bytes"]:
                data = function(data)
            path.write_bytes(data)
        else:
            path.mkdir()
            for function in self.hooks["bytes"]:
                manifest = function(manifest)
            for name, data in {"manifest": manifest, **files}.items():
                if "/" not in name:
                    (path / name).write_bytes(data)
        policy = path.with_name(path.name + ".policy")
        policy.write_bytes(self.policy())
        return policy


class ForkPlan:
    """Evidence of a fork: two notes of one log, of one size or of two."""

    def __init__(self, rng):
        self.rng, self.origin = rng, "toko-a.example/daftar"
        self.key = Key(rng.randbytes(32))
        one = [leaf_hash(rng.randbytes(8)) for _ in range(rng.randint(1, 20))]
        two = [leaf_hash(rng.randbytes(8)) for _ in range(rng.randint(1, 20))]
        self.same = rng.random() < 0.5
        if self.same:
            two = (two * 20)[:len(one)]
        elif len(one) >= len(two):
            two += [leaf_hash(rng.randbytes(8)) for _ in range(len(one) - len(two) + 1)]
        self.texts = [checkpoint(self.origin, len(h), tree_root(h)) for h in (one, two)]
        self.root = None if self.same else tree_root(two[:len(one)])
        self.proof = [] if self.same else consistency_proof(len(one), two)
        self.first_hashes = one
        self.names = [self.origin] * 2
        self.keys = [self.key] * 2
        self.policy_lines = ["log " + vkey(self.origin, 1, self.key.public), "quorum none"]
        self.hooks = []  # of the lines before the notes, and the notes
        self.lengths = self.raw = None

    def write(self, path):
        notes = [NoteParts(text, [log_line(name, key, text)]).bytes()
                 for text, name, key in zip(self.texts, self.names, self.keys)]
        lines = ["daftar-fork/v1", f"origin {self.origin}", f"first {len(notes[0])}",
                 f"second {len(notes[1])}"]
        if self.root is not None:
            lines += [f"root {b64(self.root)}"] + [b64(each) for each in self.proof]
        for function in self.hooks:
            function(lines, notes)
        path = pathlib.Path(path)
        path.write_bytes(("\n".join(lines) + "\n\n").encode() + b"".join(notes))
        policy = path.with_name(path.name + ".policy")
        policy.write_bytes(("\n".join(self.policy_lines) + "\n").encode())
        return policy


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for number in range(given.count):
        Plan(random.Random(f"{given.seed} {number}")).write(given.folder / f"bundle-{number}")
    print(f"{given.count} bundles, made for --now {NOW}")


if __name__ == "__main__":
    main()
