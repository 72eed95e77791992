"""The checks of docs/bundle.md on a bundle that can be read. What becomes of reports: rules.py."""
import contextlib

import bundle as files
import rules
from charter import Charter
from encoding import (MAX_PROOF_HASHES, Malformed, key_id, require, sha256, verifies)
from entries import (ADOPTION, CHARTER, ERASURE, KEYS, REPORT, ROOTS_OF_TRUST, WITH_FACTS,
                     Entry, Keys, charter_of, check_body, open_facts)
from findings import Findings
from merkle import Tree, consistency_holds, inclusion_holds
from notes import COSIGNER, Judged, Note, own_key

CLOCK_SECONDS = 300
FROM_THE_START = "the bundle begins with the log's first entry"


def begins_as_adoption(entry):
    return entry.kind == ADOPTION and entry.index == 0


class Verifier(Findings):
    """Runs all checks at once."""

    def __init__(self, bundle, policy, now, proof_files=(), skip=()):
        super().__init__(skip)
        self.bundle, self.manifest, self.policy, self.now = bundle, bundle.manifest, policy, now
        self.proof_files = proof_files
        self.is_log = self.manifest.kind == "log"
        self.head = self.judged = self.head_from = self.tree = self.case = None
        self.by_index = {}  # every entry that there is
        self.copies = []  # of `earlier`, of entries that are excerpted too
        self.own = []  # those that the bundle is about: of `entries`, or excerpted
        self.keys, self.charters, self.keys_of_openings = [], {}, {}
        self.opened = {}  # the facts of each opened REPORT and CORRECTION, by index
        self.erased = set()
        for name in ("files", "head", "consistency", "entries", "inclusion", "tree", "keys",
                     "manifest", "signatures", "bodies", "erasures", "quorum", "charters",
                     "openings", "cosigners"):
            getattr(self, "check_" + name)()
        rules.check_all(self)
        self.take_back()

    def take_back(self):
        """Nothing that the entries say is the log's own word unless they are those of the head."""
        if self.head is None:
            self.unfound("it rests on the head, which is not verified under the policy")
        elif self.is_log and self.state("tree") != "holds":
            self.unfound("it was found in entries that are not shown to be those of the head (tree)")
        elif self.faults["inclusion"]:
            self.unfound("it was found in entries that are not shown to be those of the head (inclusion)")

    # --- container and heads ---

    def check_files(self):
        self.look("files")
        for name, _, digest in self.manifest.files:
            if sha256(self.bundle.files[name]) != digest:
                self.fail("files", f"{name} is not the file that the manifest was made of")

    def check_manifest(self):
        if self.manifest.made_at > self.now + CLOCK_SECONDS:
            self.fail("manifest", "it was made in the future")
        if self.manifest.made_at + CLOCK_SECONDS < self.newest():
            self.fail("manifest", "it was made before what it holds")
        if not self.keys:
            self.leave("manifest", "no entry key of the log is known")
            return
        public = self.keys[-1][1].entry
        if (self.manifest.signer != key_id(self.manifest.origin + "/entry", 1, public)
                or not verifies(public, self.manifest.signed_message(), self.manifest.signature)):
            self.fail("manifest", "it is not signed by the log's newest entry key")
        self.look("manifest")

    def newest(self):
        """The time of the newest entry, or cosignature on the head of a witness of the policy."""
        entries = self.own if self.is_log else self.entries
        times = list(self.judged.times.values()) if self.judged else []
        return max(times + [entry.issued_at for entry in entries], default=0)

    def note_of_log(self, name, size):
        """The note and what the policy says of it, or Nones where it fails."""
        with self.failing("head", name):
            note = Note(self.bundle.files[name])
            judged = Judged(note, self.policy, self.manifest.origin)
            faults = judged.faults + [f"has two lines of {key}" for key in judged.twice]
            if note.size != size:
                faults.append(f"is of size {note.size}, not {size}")
            for fault in faults:
                self.fail("head", f"{name} {fault}")
            if not faults:
                self.look("head")
                return note, judged
        return None, None

    def check_head(self):
        self.head, self.judged = self.note_of_log("head", self.manifest.end)
        if self.manifest.begin > 0:
            self.head_from, _ = self.note_of_log("head-from", self.manifest.begin)

    def check_quorum(self):
        if self.judged is None:
            self.leave("quorum", "the head itself is at fault")
            return
        self.look("quorum")
        if not self.policy.is_reached(self.judged.times):
            self.fail("quorum", "the cosignatures do not make up the policy's quorum")
        for name, time in self.judged.times.items():
            if time > self.now + CLOCK_SECONDS:
                self.fail("quorum", f"{name} cosigned in the future")

    def check_consistency(self):
        if self.manifest.begin == 0:
            self.leave("consistency", FROM_THE_START if self.is_log else "an excerpt has one head")
            return
        if not (self.head and self.head_from):
            self.leave("consistency", "one of the two heads is at fault")
            return
        self.look("consistency")
        with self.failing("consistency"):
            old, proof, note = files.consistency(self.bundle.files["consistency"])
            require(note == self.bundle.files["head"], "its note is not the head")
            require(old == self.manifest.begin, "it begins at another size")
            require(len(proof) <= MAX_PROOF_HASHES, "it is too long")
            require(consistency_holds(self.head_from.size, self.head.size, self.head_from.root,
                                      self.head.root, proof), "the proof does not hold")

    # --- entries ---

    def check_entries(self):
        self.look("entries")
        if self.manifest.begin > 0 or not self.is_log:
            self.read_earlier()
        if self.is_log:
            self.read_entries()
        else:
            self.read_excerpted()
        self.own.sort(key=lambda entry: entry.index)
        self.entries = [self.by_index[index] for index in sorted(self.by_index)]
        before = 0
        for entry in self.entries:
            if entry.origin != self.manifest.origin:
                self.fail("entries", f"{entry.index} is of another log")
            if entry.issued_at < before:
                self.fail("entries", f"{entry.index} was issued before the one before it")
            if entry.issued_at > self.now + CLOCK_SECONDS:
                self.fail("entries", f"{entry.index} was issued in the future")
            before = entry.issued_at
        self.erased = {entry.about for entry in self.entries if entry.kind == ERASURE}

    def read_earlier(self):
        self.proofs = []
        with self.failing("entries", "earlier"):
            for index, leaf, body, proof in files.earlier_records(self.bundle.files["earlier"]):
                entry = self.placed(leaf, index)
                entry.body = body
                require(entry.kind in ROOTS_OF_TRUST, "another kind of entry")
                require(index < (self.manifest.begin or self.manifest.end), "it is not earlier")
                self.by_index[index] = entry
                self.proofs.append((entry, proof))

    @staticmethod
    def placed(leaf, index):
        entry = Entry(leaf)
        require(entry.index == index, f"{index} has another index")
        return entry

    def read_entries(self):
        begin, count = self.manifest.begin, self.manifest.end - self.manifest.begin
        self.leaves = []
        with self.failing("entries"):
            leaves = files.length_and_leaf(self.bundle.files["entries"])
            require(len(leaves) == count, "there is another number of entries")
            self.leaves = leaves
        for at, leaf in enumerate(self.leaves):
            with self.failing("entries", str(begin + at)):
                entry = self.placed(leaf, begin + at)
                self.by_index[entry.index] = entry
                self.own.append(entry)
        with self.failing("entries", "bodies"):
            for index, body in files.bodies(self.bundle.files["bodies"]):
                require(begin <= index < self.manifest.end, "a body of another entry")
                if index in self.by_index:
                    self.by_index[index].body = body

    def read_excerpted(self):
        for number in self.manifest.excerpted:
            with self.failing("entries", str(number)):
                entry = self.placed(self.bundle.files[f"entry-{number}.leaf"], number)
                entry.body = self.bundle.files.get(f"entry-{number}.body")
                if number in self.by_index:  # each copy is judged for itself
                    self.copies.append(self.by_index[number])
                self.by_index[number] = entry
                self.own.append(entry)

    def check_inclusion(self):
        if self.is_log and self.manifest.begin == 0:
            self.leave("inclusion", FROM_THE_START)
            return
        if self.head is None:
            self.leave("inclusion", "the head itself is at fault")
        self.leave("inclusion", "whether `earlier` leaves nothing out cannot be checked")
        for entry, proof in getattr(self, "proofs", []):
            self.judge_inclusion(entry, proof)
        for entry in [] if self.is_log else self.own:
            with self.failing("inclusion", str(entry.index)):
                data = self.bundle.files[f"entry-{entry.index}.tlog-proof"]
                index, proof, note = files.tlog_proof(data)
                require(index == entry.index, "the proof is of another entry")
                require(note == self.bundle.files["head"], "its checkpoint is another one")
                self.judge_inclusion(entry, proof)

    def judge_inclusion(self, entry, proof):
        if len(proof) > MAX_PROOF_HASHES:
            self.fail("inclusion", f"the proof of {entry.index} is too long")
        elif self.head is None:
            return
        elif not inclusion_holds(entry.index, self.head.size, entry.hash, proof,
                                               self.head.root):
            self.fail("inclusion", f"{entry.index} is not proven to be in the tree")
        self.look("inclusion")

    def check_tree(self):
        if not self.is_log:
            self.leave("tree", "an excerpt has not all entries")
            return
        frontier = []
        if self.manifest.begin > 0:
            data = self.bundle.files["frontier"]
            if len(data) != 32 * bin(self.manifest.begin).count("1"):
                self.fail("tree", "the frontier has another number of hashes")
                return
            frontier = [data[at:at + 32] for at in range(0, len(data), 32)]
        tree = Tree(self.manifest.begin, frontier)
        if self.head_from and tree.root() != self.head_from.root:
            self.fail("tree", "the frontier does not give the root of head-from")
        if not self.leaves:
            self.leave("tree", "the entries cannot be read")
            return
        if self.head is None:
            self.leave("tree", "the head itself is at fault")
            return
        if self.manifest.begin > 0 and self.head_from is None:
            self.leave("tree", "the earlier head is at fault")
            return
        for leaf in self.leaves:
            tree.append(sha256(b"\0" + leaf))
        if tree.root() != self.head.root:
            self.fail("tree", "the entries do not give the head's root")
        self.look("tree")

    # --- keys, signatures, bodies ---

    def check_keys(self):
        first, second = self.by_index.get(0), self.by_index.get(1)
        if first is None or first.kind not in (KEYS, ADOPTION):
            self.fail("keys", "entry 0 is neither KEYS nor ADOPTION")
        elif first.kind == ADOPTION and (second is None or second.kind != KEYS):
            self.fail("keys", "no KEYS follows the ADOPTION")
        for entry in self.entries:
            if entry.kind == ADOPTION and entry.index > 0:
                self.fail("keys", f"{entry.index} is an ADOPTION that begins no log")
            elif entry.kind == KEYS:
                with self.failing("keys", str(entry.index)):
                    self.add_keys(entry)
        self.check_first_adoption()
        self.look("keys", self.keys)
        if self.keys and self.head is None:
            self.leave("keys", "who signed the head: the head is at fault")
        elif self.keys:
            self.check_head_keys()

    def check_first_adoption(self):
        """No KEYS comes before it, so that it is no matter of `signatures`."""
        own = [keys for index, keys in self.keys if index == 1]
        for entry in self.entries + self.copies:
            if not begins_as_adoption(entry):
                continue
            self.leave("keys", "the old entry key's signature in the ADOPTION: that key stands in the "
                       "log whose place this one took")
            if not own:
                self.leave("keys", "no key is known that could have signed the ADOPTION")
            elif not entry.is_signed_by(own[0].entry):
                self.fail("keys", "the ADOPTION is not signed by the entry key of the KEYS after it")
            else:
                self.look("signatures")

    def add_keys(self, entry):
        require(entry.body is not None, "a KEYS has no body")
        require(entry.body_fits(), "a KEYS's body does not fit")
        keys = Keys(entry.body)
        signer = self.keys[-1][1].entry if self.keys else keys.entry
        require(entry.is_signed_by(signer), "a KEYS is not signed by the entry key before it")
        for _, others in self.keys:
            if others.entry != keys.entry:
                require(self.entry_key_id(others) != self.entry_key_id(keys),
                        "two entry keys have one ID")
        self.keys.append((entry.index, keys))

    def entry_key_id(self, keys):
        return key_id(self.manifest.origin + "/entry", 1, keys.entry)

    def check_head_keys(self):
        named = {keys.head for _, keys in self.keys}
        if self.judged.log_keys and not any(key.public in named for key in self.judged.log_keys):
            self.fail("keys", "no KEYS names the key that signed the head")
        own = own_key(self.manifest.origin + "/self", COSIGNER, self.keys[-1][1].self)
        lines = self.head.signed_with(own)
        if not lines:
            self.leave("keys", "the head does not say when the node held it to be its newest")
        for blob in lines:
            if self.head.line_verifies(own, blob) is None:
                self.fail("keys", "the log's own line on its head fails")

    def check_signatures(self):
        for entry in self.entries + self.copies:
            if entry.kind == KEYS or begins_as_adoption(entry):
                continue
            before = [keys for index, keys in self.keys if index < entry.index]
            if not before:
                self.leave("signatures", f"no key is known that could have signed {entry.index}")
                continue
            self.look("signatures")
            if not entry.is_signed_by(before[-1].entry):
                self.fail("signatures", f"{entry.index} is not signed by the log's entry key")

    def check_bodies(self):
        self.look("bodies")
        for entry in self.entries + self.copies:
            if entry.body is None:
                continue
            if entry.kind == ERASURE:
                self.fail("bodies", f"{entry.index} is an ERASURE and has a body")
            elif not entry.body_fits():
                self.fail("bodies", f"the body of {entry.index} does not fit its commitment")
            elif entry.report in self.erased:
                self.fail("bodies", f"the body of {entry.index} is there though it was erased")
            with self.failing("bodies", str(entry.index)):
                check_body(entry.kind, entry.body)

    def check_erasures(self):
        self.look("erasures")
        if not self.is_log:
            self.leave("erasures", "whether more was erased: an excerpt does not show it")
        for entry in self.entries + self.copies:
            if entry.body is None and entry.kind != ERASURE and (
                    entry.kind in ROOTS_OF_TRUST or entry.report not in self.erased):
                self.fail("erasures", f"the body of {entry.index} is missing, and nothing says why")

    # --- what comes with it ---

    def check_charters(self):
        stated = set()
        for entry in self.entries:
            if entry.kind == CHARTER and entry.body is not None and entry.body_fits():
                with contextlib.suppress(Malformed):  # that is for `bodies` to say
                    stated.add(charter_of(entry.body))
        last = b""
        with self.failing("charters"):
            texts = files.with_u32_lengths(self.bundle.files["charters"])
            require(len(texts) <= files.MAX_CHARTERS, "there are too many files")
            for data in texts:
                digest = sha256(data)
                require(digest > last, "the files are not ascending")
                last = digest
                require(digest in stated, "no entry states a charter that is there")
                charter = Charter(data)
                require(charter.circle == self.manifest.circle, "a charter is of another circle")
                self.charters[digest] = charter
        self.look("charters", self.charters)
        missing = [entry.index for entry in self.entries if entry.kind == CHARTER
                   and self.charter_before(entry.index + 1) is None]
        if missing:
            self.leave("charters", f"the charters that {missing} state are not there")

    def charter_before(self, index):
        """The charter of a REPORT, or None where it is not there."""
        stating = [entry for entry in self.entries if entry.kind == CHARTER and entry.index < index]
        if not stating or stating[-1].body is None:
            return None
        try:
            return self.charters.get(charter_of(stating[-1].body))
        except Malformed:
            return None

    def check_openings(self):
        if "openings" not in self.bundle.files:
            self.leave("openings", "the bundle opens no report: what reports say stays sealed")
            self.leave("facts", "the bundle opens no report")
            return
        with self.failing("openings"):
            self.keys_of_openings = files.openings(self.bundle.files["openings"])
        own = {entry.index: entry for entry in self.own}
        for index, key in self.keys_of_openings.items():
            with self.failing("openings", str(index)):
                report = own.get(index)
                require(report and report.kind == REPORT and report.body is not None,
                        "it is no REPORT with a body")
                for entry in self.own:
                    if entry.report == index and entry.kind in WITH_FACTS and entry.body:
                        check_body(entry.kind, entry.body)
                        facts = open_facts(entry, key)
                        if facts:
                            self.opened[entry.index] = facts
                            self.look("openings")

    def check_cosigners(self):
        last = ""
        with self.failing("cosigners"):
            for data in files.with_u32_lengths(self.bundle.files["cosigners"]):
                note = Note(data)
                require(note.origin > last, "the notes are not ascending")
                last = note.origin
                judged = Judged(note, self.policy, note.origin)
                faults = judged.faults
                if not any(key.name == note.origin for key in self.policy.logs):
                    self.leave("cosigners", f"the policy has no log key of {note.origin}")
                    faults = [f"has a line of {name} that fails" for name in judged.wrong]
                else:
                    self.look("cosigners")
                require(not faults, f"the note of {note.origin} {', '.join(faults)}")
