"""C2SP signed notes, checkpoints, cosignatures, verifier keys and policies."""
import re

from encoding import (LIMIT, Malformed, decimal, from_base64, key_id, origin_name, require,
                      verifies)

LOG, COSIGNER = 0x01, 0x04
MAX_NOTE_BYTES, MAX_LINES, MAX_NAME_BYTES = 32 * 1024, 100, 255
MAX_POLICY_BYTES, MAX_LOGS = 64 * 1024, 1024


class Key:
    """A verifier key, `name+id+base64(type || public key)`."""

    def __init__(self, vkey, wanted_type):
        name, _, rest = vkey.partition("+")
        identifier, _, encoded = rest.partition("+")
        require(is_key_name(name), "no name in a vkey")
        require(re.fullmatch("[0-9a-f]{8}", identifier, re.ASCII), "no key ID in a vkey")
        data = from_base64(encoded, 33)
        require(data[0] == wanted_type, "a vkey is of another type")
        self.name, self.id, self.type, self.public = (name, bytes.fromhex(identifier), data[0],
                                                      data[1:])
        require(key_id(name, self.type, self.public) == self.id, "a vkey's ID does not fit")


def own_key(name, key_type, public):
    key = Key.__new__(Key)
    key.name, key.type, key.public, key.id = name, key_type, public, key_id(name, key_type, public)
    return key


def is_key_name(name):
    # str.isspace knows a few more than Unicode's White_Space: U+001C to U+001F, which no note has.
    return 0 < len(name.encode()) <= MAX_NAME_BYTES and "+" not in name and not any(c.isspace() for c in name)


class Note:
    """A signed note whose text is a checkpoint; raises Malformed."""

    def __init__(self, data):
        require(len(data) <= MAX_NOTE_BYTES, "the note is too large")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("the note is no UTF-8") from error
        require(not any(c < " " and c != "\n" for c in text), "the note has a control character")
        body, gap, lines = text.rpartition("\n\n")
        require(gap and lines.endswith("\n"), "the note has no signatures")
        self.bytes, self.text = data, body + "\n"
        self.lines = [self.signature_line(line) for line in lines[:-1].split("\n")]
        require(len(self.lines) <= MAX_LINES, "the note has too many lines")
        self.origin, self.size, self.root = self.checkpoint()

    @staticmethod
    def signature_line(line):
        require(line.startswith("\u2014 "), "no signature line")
        name, gap, encoded = line[2:].partition(" ")
        require(gap and is_key_name(name), "a signature line has no name")
        blob = from_base64(encoded)
        require(len(blob) > 4, "a signature is too short")
        return name, blob[:4], blob[4:]

    def checkpoint(self):
        fields = self.text.split("\n")[:-1]
        require(len(fields) == 3, "the checkpoint has not three lines")
        return origin_name(fields[0]), decimal(fields[1], "size"), from_base64(fields[2], 32)

    def signed_with(self, key):
        """The signatures of the lines of this key."""
        return [blob for name, identifier, blob in self.lines
                if (name, identifier) == (key.name, key.id)]

    def line_verifies(self, key, blob):
        """None when the line fails, else its time (0 for one without)."""
        if key.type == LOG:
            return 0 if verifies(key.public, self.text.encode(), blob) else None
        if len(blob) != 72:
            return None
        time = int.from_bytes(blob[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
        return time if 0 < time < LIMIT and verifies(key.public, message, blob[8:]) else None


class Policy:
    """C2SP tlog-policy; raises Malformed."""

    def __init__(self, data):
        require(len(data) <= MAX_POLICY_BYTES, "the policy is too large")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("the policy is no UTF-8") from error
        require(not any((c < " " and c not in "\n\t") or c == "\x7f" for c in text),
                "the policy has a control character")
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        self.members = set()
        for line in text.split("\n"):
            fields = [field for field in re.split("[ \t]+", line) if field]
            if fields and not fields[0].startswith("#"):
                self.add(fields[0], fields[1:])
        require(self.quorum is not None, "the policy has no quorum")
        require(len(self.logs) <= MAX_LOGS, "the policy has too many logs")
        public = [key.public for key in self.keys()]
        require(len(set(public)) == len(public), "a public key is there twice")

    def add(self, word, fields):
        if word == "log":
            require(1 <= len(fields) <= 2, "a log line has other fields")
            self.logs.append(Key(fields[0], LOG))
        elif word == "witness":
            require(2 <= len(fields) <= 3, "a witness line has other fields")
            self.define(fields[0])
            self.witnesses[fields[0]] = Key(fields[1], COSIGNER)
        elif word == "group":
            require(len(fields) >= 3, "a group has no members")
            self.add_group(fields[0], fields[1], fields[2:])
        elif word == "quorum":
            require(len(fields) == 1 and self.quorum is None, "not exactly one quorum")
            require(fields[0] == "none" or self.knows(fields[0]), "the quorum is not defined")
            self.quorum = fields[0]
        else:
            raise Malformed("the policy has a line of an unknown kind")

    def add_group(self, name, rule, members):
        for member in members:
            require(self.knows(member), "a member is not defined")
            require(member not in self.members, "a member is in a group already")
            self.members.add(member)
        self.define(name)
        least = {"any": 1, "all": len(members)}.get(rule)
        least = decimal(rule) if least is None else least
        require(1 <= least <= len(members), "a group wants more members than it has")
        self.groups[name] = (least, members)

    def knows(self, name):
        return name in self.witnesses or name in self.groups

    def define(self, name):
        require(name != "none" and not self.knows(name), "a name is defined twice, or is none")

    def keys(self):
        return self.logs + list(self.witnesses.values())

    def is_reached(self, cosigners):
        """Whether these witnesses, by their names here, make up the quorum."""
        if self.quorum == "none":
            return True
        reached = set(cosigners)
        for name, (least, members) in self.groups.items():  # members are defined before
            if sum(member in reached for member in members) >= least:
                reached.add(name)
        return self.quorum in reached


class Judged:
    """What a policy says of a note: `log_keys` that signed it, `times` by witness; names of keys
    whose line is `wrong`, or there `twice`; all `faults`.
    """

    def __init__(self, note, policy, origin):
        self.wrong, self.twice, self.log_keys, self.times = [], [], [], {}
        for key in policy.logs:
            if self.time_of(note, key) is not None and key.name == origin:
                self.log_keys.append(key)
        for name, key in policy.witnesses.items():
            time = self.time_of(note, key)
            if time is not None:
                self.times[name] = time
        self.faults = [f"has a line of {name} that fails" for name in self.wrong]
        if note.origin != origin:
            self.faults.append("is of another origin")
        if not self.log_keys:
            self.faults.append("is not signed by a log key of the policy")

    def time_of(self, note, key):
        found = note.signed_with(key)
        if len(found) > 1:
            self.twice.append(key.name)
        times = [note.line_verifies(key, blob) for blob in found]
        if None in times:
            self.wrong.append(key.name)
            return None
        return times[0] if times else None
