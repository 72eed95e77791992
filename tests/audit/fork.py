"""Fork evidence (docs/bundle.md): two notes of one log that cannot both be true."""
from bundle import after, ascii_head, hash_lines
from encoding import MAX_PROOF_HASHES, Malformed, decimal, from_base64, origin_name, require
from merkle import consistency_holds
from notes import Judged, MAX_NOTE_BYTES, Note

MAGIC = b"daftar-fork/v1\n"


class Evidence:
    """Raises Malformed."""

    def __init__(self, data):
        head, notes = ascii_head(data)
        lines = head.split("\n")[:-1]
        require(len(lines) >= 4 and lines[0] + "\n" == MAGIC.decode(), "no evidence of a fork")
        self.origin = origin_name(after(lines[1], "origin"))
        first, second = (decimal(after(line, word)) for line, word in
                         zip(lines[2:4], ("first", "second")))
        require(max(first, second) <= MAX_NOTE_BYTES, "a note is too large")
        require(first + second == len(notes), "the notes have other lengths")
        self.notes = notes[:first], notes[first:]
        self.root, self.proof = None, []
        rest = lines[4:]
        if rest:  # without a root there is no proof
            self.root = from_base64(after(rest.pop(0), "root"), 32)
        self.proof = hash_lines("".join(line + "\n" for line in rest))
        require(len(self.proof) <= MAX_PROOF_HASHES, "the proof is too long")


def why_it_proves_nothing(evidence, policy):
    """None when it proves a fork."""
    try:
        first, second = map(Note, evidence.notes)
    except Malformed as error:
        return str(error)
    for note in (first, second):
        judged = Judged(note, policy, evidence.origin)
        if judged.faults or judged.twice:
            return f"a note {(judged.faults + ['has two lines of one key'])[0]}"
    if first.size == second.size:
        if evidence.root is not None:
            return "notes of one size need no root"
        return "the notes agree" if first.root == second.root else None
    if not 0 < first.size < second.size:
        return "the first note is not of the smaller size"
    if evidence.root is None or evidence.root == first.root:
        return "the second tree is not shown to have another root"
    if not consistency_holds(first.size, second.size, evidence.root, second.root, evidence.proof):
        return "the proof does not hold"
    return None
