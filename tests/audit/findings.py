"""What the checks of docs/bundle.md found, by check: what is wrong, what was not looked at."""
import contextlib

from encoding import Malformed

NAMES = ("manifest", "files", "head", "quorum", "tree", "consistency", "entries", "keys",
         "signatures", "bodies", "erasures", "order", "deadlines", "charters", "openings", "facts",
         "case", "proofs", "cosigners", "inclusion")
# What is found in entries that nobody may have signed.
RESTING_ON_ENTRIES = ("manifest", "files", "entries", "keys", "signatures", "bodies", "erasures",
                      "order", "deadlines", "charters", "openings", "facts", "case", "proofs")


class Findings:
    """`faults` and `unchecked` hold texts by check, `looked_at` the checks that had something to look
    at. Checks to `skip` never fail.
    """

    def __init__(self, skip=()):
        self.skip = skip
        self.faults = {name: [] for name in NAMES}
        self.unchecked = {name: [] for name in NAMES}
        self.looked_at = set()

    def fail(self, check, why):
        if check not in self.skip:
            self.faults[check].append(why)

    def leave(self, check, why):
        self.unchecked[check].append(why)

    def look(self, check, something=True):
        if something:
            self.looked_at.add(check)

    def state(self, check):
        if self.faults[check]:
            return "fails"
        return "holds" if check in self.looked_at else "not_checked"

    def unfound(self, why):
        """Takes back what holds of entries that nobody may have signed."""
        for check in RESTING_ON_ENTRIES:
            if self.state(check) == "holds":
                self.looked_at.remove(check)
                self.unchecked[check].insert(0, why)

    @contextlib.contextmanager
    def failing(self, check, what=""):
        """What is malformed inside fails the check."""
        try:
            yield
        except Malformed as error:
            self.fail(check, f"{what}: {error}" if what else str(error))

    def failed(self):
        return [name for name in NAMES if self.faults[name]]
