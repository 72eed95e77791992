"""The container of a bundle, its manifest and the formats of its files (docs/bundle.md)."""
import datetime
import os
import re

from charter import PROOF_KINDS
from encoding import Malformed, Reader, decimal, dsse, from_base64, from_hex, origin_name, require

MAX_MANIFEST_BYTES, MAX_FILES, MAX_FILE_BYTES = 262144, 2048, 2**40
MAX_EXCERPTED, MAX_CHARTERS, MAX_OPENINGS, MAX_CASE_BYTES = 256, 1000, 2**20, 262144
OPENING_BYTES = 40
BUNDLE_TYPE = b"application/vnd.daftar.bundle.v1+text"
PROOF_TYPES = ("application/pdf", "image/png", "image/jpeg", "image/webp", "message/rfc822",
               "text/plain")


class Manifest:
    """Raises Malformed."""

    def __init__(self, data):
        require(len(data) <= MAX_MANIFEST_BYTES, "the manifest is too large")
        try:
            text = data.decode("ascii")
        except UnicodeDecodeError as error:
            raise Malformed("the manifest is not ASCII") from error
        body, gap, last = text.partition("\n\n")
        require(gap and last.endswith("\n") and last.count("\n") == 1, "the manifest has no end")
        self.text = (body + "\n").encode()
        self.signature = from_base64(after(last[:-1], "signature"), 64)
        lines = body.split("\n")
        require(len(lines) >= 8, "the manifest has too few lines")
        require(lines[0] == "daftar-bundle/v1", "the manifest is of no known version")
        words = ("kind", "origin", "circle", "made-at", "signer", "from", "to")
        kind, origin, circle, made_at, signer, begin, end = map(after, lines[1:8], words)
        require(kind in ("log", "excerpt", "decisions"), "an unknown kind of bundle")
        self.kind, self.origin = kind, origin_name(origin)
        self.circle, self.signer = from_hex(circle, 16, "circle"), from_hex(signer, 4, "signer")
        self.made_at = decimal(made_at, "made-at")
        self.begin, self.end = decimal(begin, "from"), decimal(end, "to")
        require(self.made_at > 0, "made-at is 0")
        require(self.begin < self.end, "from is not below to")
        require(self.kind != "excerpt" or self.begin == 0, "an excerpt begins at 0")
        require(len(lines) - 8 <= MAX_FILES, "the manifest has too many files")
        self.files = [self.file(line) for line in lines[8:]]
        check_names(self)

    @staticmethod
    def file(line):
        fields = after(line, "file").split(" ")
        require(len(fields) == 3, "a file line has other fields")
        size = decimal(fields[1], "BYTES")
        require(size <= MAX_FILE_BYTES, "a file is too large")
        return fields[0], size, from_hex(fields[2], 32, "SHA256")

    def signed_message(self):
        return dsse(BUNDLE_TYPE, self.text)


def after(line, word):
    require(line.startswith(word + " "), f"no line {word!r} where it should be")
    return line[len(word) + 1:]


def check_names(manifest):
    """The files of the kind, in their order, each once."""
    names = [name for name, _, _ in manifest.files]
    if manifest.kind == "decisions":
        require(names == ["leaves", "receipts"], "the files are not those of decisions")
        return
    if manifest.kind == "log":
        fixed = ["head"]
        if manifest.begin > 0:
            fixed += ["head-from", "consistency", "frontier", "earlier"]
        fixed += ["entries", "bodies", "charters", "cosigners"]
    else:
        fixed = ["head", "earlier", "charters", "cosigners"]
    require(names[:len(fixed)] == fixed, f"the files of a {manifest.kind} are not there in order")
    rest = names[len(fixed):]
    for optional in ("openings", "case"):
        if rest[:1] == [optional]:
            rest = rest[1:]
    require(manifest.kind == "excerpt" or not rest, "there is a file that a log does not have")
    excerpted = []
    while rest:
        match = re.fullmatch(r"entry-([0-9]+)\.leaf", rest[0], re.ASCII)
        require(match, "there is a file that an excerpt does not have")
        number = decimal(match[1], "N")
        require(not excerpted or number > excerpted[-1], "excerpted entries are not ascending")
        excerpted.append(number)
        with_body = rest[1:2] == [f"entry-{number}.body"]
        require(rest[1 + with_body:2 + with_body] == [f"entry-{number}.tlog-proof"],
                "an excerpted entry has no tlog-proof")
        rest = rest[2 + with_body:]
    require(0 < len(excerpted) <= MAX_EXCERPTED or manifest.kind == "log",
            "too many excerpted entries, or none")
    manifest.excerpted = excerpted


class Bundle:
    """A manifest and the bytes of its files by name; raises Malformed."""

    def __init__(self, path):
        self.files = {}
        if os.path.isdir(path):
            self.manifest = Manifest(read_file(os.path.join(path, "manifest"), MAX_MANIFEST_BYTES))
            for name, size, _ in self.manifest.files:
                data = read_file(os.path.join(path, name), size)
                require(len(data) == size, f"{name} is shorter than stated")
                self.files[name] = data
            return
        data = read_file(path, None)
        gap = data[:MAX_MANIFEST_BYTES].find(b"\n\n")
        end = data[:MAX_MANIFEST_BYTES].find(b"\n", gap + 2)
        require(gap >= 0 and end >= 0, "the manifest has no end")
        self.manifest = Manifest(data[:end + 1])
        reader = Reader(data)
        reader.take(end + 1)
        for name, size, _ in self.manifest.files:
            self.files[name] = reader.take(size)
        reader.end()


def read_file(path, most):
    try:
        with open(path, "rb") as file:
            require(most is None or os.fstat(file.fileno()).st_size <= most,
                    f"{os.path.basename(path)} is longer than stated")
            return file.read()
    except OSError as error:
        raise Malformed(f"{os.path.basename(path)} cannot be read: {error.strerror}") from error


# --- files ---

def length_and_leaf(data):
    reader, leaves = Reader(data), []
    while reader.more():
        leaves.append(reader.prefixed(2))
    return leaves


def bodies(data):
    reader, found = Reader(data), []
    while reader.more():
        index = reader.number(8)
        body = reader.prefixed(2)
        require(not found or index > found[-1][0], "bodies are not ascending")
        found.append((index, body))
    return found


def earlier_records(data):
    """(index, leaf, body or None, proof) of each."""
    reader, found = Reader(data), []
    while reader.more():
        index, leaf, body = reader.number(8), reader.prefixed(2), reader.prefixed(2)
        proof = [reader.take(32) for _ in range(reader.number(1))]
        require(not found or index > found[-1][0], "earlier entries are not ascending")
        found.append((index, leaf, body or None, proof))
    return found


def with_u32_lengths(data):
    reader, found = Reader(data), []
    while reader.more():
        found.append(reader.prefixed(4))
    return found


def openings(data):
    require(len(data) <= MAX_OPENINGS * OPENING_BYTES, "there are too many openings")
    reader, found = Reader(data), {}
    last = -1
    while reader.more():
        index = reader.number(8)
        require(index > last, "openings are not ascending")
        found[index] = reader.take(32)
        last = index
    return found


def hash_lines(text):
    """Base64 hashes, one a line, each with its LF."""
    require(not text or text.endswith("\n"), "a line has no end")
    return [from_base64(line, 32) for line in text.split("\n")[:-1]]


def ascii_head(data):
    """The lines before the first empty one, each with its LF, and the bytes after it."""
    gap = data.find(b"\n\n")
    require(gap >= 0, "there is no empty line")
    try:
        return data[:gap + 1].decode("ascii"), data[gap + 2:]
    except UnicodeDecodeError as error:
        raise Malformed("not ASCII") from error


def consistency(data):
    head, note = ascii_head(data)
    first, _, rest = head.partition("\n")
    return decimal(after(first, "old"), "old"), hash_lines(rest), note


def tlog_proof(data):
    head, note = ascii_head(data)
    lines = head.split("\n", 2)
    require(len(lines) == 3 and lines[0] == "c2sp.org/tlog-proof@v1", "no tlog-proof")
    return decimal(after(lines[1], "index"), "index"), hash_lines(lines[2]), note


# --- the case ---

class Case:
    def __init__(self, data):
        require(len(data) <= MAX_CASE_BYTES, "the case is too large")
        try:
            text = data.decode("ascii")
        except UnicodeDecodeError as error:
            raise Malformed("the case is not ASCII") from error
        require(text.endswith("\n"), "the case has no end")
        self.lines = text[:-1].split("\n")
        require(self.lines.pop(0) == "daftar-case/v1", "no case")
        from_hex(self.one("incident", 1)[0], 16, "incident")
        self.report = decimal(self.one("report", 1)[0], "report")
        self.filed_by = moment(self.one("filed", 2))
        approved = self.one("approved", 2, optional=True)
        self.approved_by = moment(approved) if approved else None
        told = self.one("told-on", 1, optional=True)
        self.told_on = iso_day(told[0]) if told else None
        notice = self.one("notice", 1, optional=True)
        self.notice = decimal(notice[0]) if notice else None
        held = self.one("held-until", 1, optional=True)
        self.held_until = decimal(held[0]) if held else None
        self.reminders = [iso_day(fields[0]) for fields in self.many("reminder", 1, 0, 8)]
        self.proofs = [self.proof(fields) for fields in self.many("proof", 6, 0, 64)]
        for fields in self.many("event", 3, 1, None):
            moment(fields[:2])  # the name of an event is written as an actor is
            moment([fields[0], fields[2]])
        require(not self.lines, "the case has another line")
        require(all(a < b for a, b in zip(self.reminders, self.reminders[1:])),
                "reminders are not ascending")
        numbers = [proof[0] for proof in self.proofs]
        require(all(a < b for a, b in zip(numbers, numbers[1:])), "proofs are not ascending")

    def one(self, word, count, optional=False):
        if self.lines and self.lines[0].startswith(word + " "):
            fields = self.lines.pop(0).split(" ")[1:]
            require(len(fields) == count, f"{word} has other fields")
            return fields
        require(optional, f"the case has no {word}")
        return None

    def many(self, word, count, least, most):
        found = []
        while fields := self.one(word, count, optional=True):
            found.append(fields)
        require(len(found) >= least and (most is None or len(found) <= most),
                f"wrong number of lines {word}")
        return found

    @staticmethod
    def proof(fields):
        number, kind, media_type, size, salt, digest = fields
        require(kind in PROOF_KINDS and media_type in PROOF_TYPES, "a proof of an unknown kind")
        decimal(size)
        return (decimal(number), kind, from_hex(salt, 32, "salt"), from_hex(digest, 32, "digest"))


def moment(fields):
    decimal(fields[0])
    require(re.fullmatch("[!-~]{1,255}", fields[1], re.ASCII), "no actor")
    return fields[1]


def iso_day(text):
    require(re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII), "no date")
    try:
        day = (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days
    except ValueError as error:
        raise Malformed("no date") from error
    require(day > 0, "no date")
    return day
