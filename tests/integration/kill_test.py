#!/usr/bin/env python3
"""kill -9 at random moments while incidents are published: nothing that was acknowledged is lost,
no index of the log is used twice, no signed head contradicts an earlier one.

20 rounds, 100 with DAFTAR_LONG=1. DAFTAR_SEED repeats the moments of an earlier run (what the
machine does in between it cannot repeat).
"""
import os
import random
import threading
import time

from daemon import Failure, expect, expect_equal, run, step, until

ROUNDS = 100 if os.environ.get("DAFTAR_LONG") else 20
WRITERS = 2
LONGEST = 1.5  # seconds that a round lasts after the daemon answers
SETTLE = 120  # seconds until everything that was acknowledged is published at the end
GONE = (69, 75, 70)  # exit codes of a command whose node went away under it


class Writer(threading.Thread):
    """Files and publishes incidents, one after another, whether or not the node is there."""

    def __init__(self, node, number, seed):
        super().__init__(daemon=True)
        self.node, self.number, self.random = node, number, random.Random(seed)
        self.added, self.publish_acknowledged, self.failure = [], [], None
        self.attempts = 0
        self.ended = threading.Event()

    def run(self):
        try:
            while not self.ended.is_set():
                self.one()
        except Exception as failure:  # noqa: BLE001  told to the test by `finish`
            self.failure = failure

    def command(self, *arguments):
        """The result if it was acknowledged; None if the node went away."""
        while not self.ended.is_set():
            if not self.node.running():
                self.ended.wait(0.02)
                continue
            result = self.node.daftar(*arguments, "--timeout", "10", "--output", "json", code=None)
            if result.code == 0:
                return result.json
            expect(result.code in GONE, f"a command failed, and not for want of a node: {result}")
            return None
        return None

    def one(self):
        self.attempts += 1
        phone = f"0812{self.number}{self.random.randrange(1000000, 9999999) // 3}"
        added = self.command("incident", "add", "--reason", "deposit-unsettled", "--phone", phone,
                             "--amount", "4500000", "--currency", "IDR", "--occurred",
                             "2026-10-01")
        if added is None:
            return
        self.added.append(added["id"])
        if self.command("incident", "publish", added["id"]) is not None:
            self.publish_acknowledged.append(added["id"])

    def finish(self):
        self.ended.set()
        self.join()
        if self.failure is not None:
            raise self.failure


class Heads:
    """Every head ever seen: same size, same root; a log never becomes shorter."""

    def __init__(self):
        self.roots, self.notes, self.largest, self.copied = {}, set(), 0, 0

    def see(self, head):
        size, root = head["size"], head["root"]
        known = self.roots.setdefault(size, root)
        expect_equal(root, known, f"root of the head of size {size}, seen before")
        expect(size >= self.largest, f"the head shrank from {self.largest} to {size}")
        expect(head["note"].startswith(f"{head['origin']}\n{size}\n"), f"the note: {head}")
        self.largest = size
        self.notes.add(head["note"])

    def see_copy(self, size):
        expect(size >= self.copied, f"the partner's copy shrank from {self.copied} to {size}")
        self.copied = size


def same_entries(a, b, heads):
    """A's log and B's copy agree, entry by entry, once B has caught up."""
    def caught_up():
        own, copy = a.entries(), b.entries(a.origin)
        return (own, copy) if len(copy) >= heads.largest and len(own) == len(copy) else None
    own, copy = until(caught_up, SETTLE, "the partner has all entries")
    expect_equal([entry["index"] for entry in own], list(range(len(own))), "indices of the log")
    for mine, theirs in zip(own, copy):
        expect_equal((theirs["index"], theirs["leaf_hash"], theirs["commitment"]),
                     (mine["index"], mine["leaf_hash"], mine["commitment"]), "the partner's entry")
        expect(mine["signature_valid"], f"signature of entry {mine['index']}")
    return own


def kill_while_publishing(circle):
    seed = int(os.environ.get("DAFTAR_SEED") or int.from_bytes(os.urandom(4), "big"))
    print(f"   DAFTAR_SEED={seed}, {ROUNDS} rounds", flush=True)
    moments = random.Random(seed)
    charter = circle.charter("fast.toml", ("tick_ms = 1000", "tick_ms = 100"))
    a, b = circle.node("A", charter=charter), circle.node("B", charter=charter)
    circle.pair(a, b)
    heads = Heads()
    heads.see(a.head())
    leaf_hashes = {entry["index"]: entry["leaf_hash"] for entry in a.entries()}
    writers = [Writer(a, number, seed + number) for number in range(WRITERS)]
    for writer in writers:
        writer.start()

    for number in range(ROUNDS):
        for writer in writers:
            if writer.failure is not None:
                writer.finish()
        end = time.monotonic() + moments.uniform(0, LONGEST)
        while time.monotonic() < end:
            result = a.daftar("log", "head", "--output", "json", code=None)
            if result.code == 0:
                heads.see(result.json)
            heads.see_copy(b.partner(a.origin)["log_size"])
        a.kill()
        if moments.random() < 0.3:
            # The next one dies while it starts.
            a.start(wait=False)
            threading.Event().wait(moments.uniform(0, 0.4))
            a.kill()
        if moments.random() < 0.2:
            b.kill()
            b.start()
        a.start()
        status = a.status()
        expect_equal((status["signing"], [text for text in status["problems"]
                                          if not text.startswith("partner ")]),
                     (True, []), f"status of A after round {number}")
        heads.see(a.head())
        for entry in a.entries():
            known = leaf_hashes.setdefault(entry["index"], entry["leaf_hash"])
            expect_equal(entry["leaf_hash"], known, f"entry {entry['index']}, read before")
        expect(len(leaf_hashes) == heads.largest or a.head()["size"] >= len(leaf_hashes),
               f"{len(leaf_hashes)} entries were seen, the head covers {heads.largest}")

    for writer in writers:
        writer.finish()
    step("everything acknowledged is there and published once")
    until(lambda: a.status()["queued"] == 0, SETTLE, "A's queue is empty")
    heads.see(a.head())
    incidents = {row["id"]: row for row in
                 a.ask("incident", "list", "--limit", "100000")["incidents"]}
    added = [found for writer in writers for found in writer.added]
    publish_acknowledged = [found for writer in writers for found in writer.publish_acknowledged]
    attempts = sum(writer.attempts for writer in writers)
    print(f"   {attempts} attempts, {len(added)} incidents acknowledged, "
          f"{len(publish_acknowledged)} publications acknowledged, {len(incidents)} in the list, "
          f"{heads.largest} entries, {len(heads.notes)} heads seen", flush=True)
    expect(len(publish_acknowledged) >= ROUNDS, "too little was published to prove anything")
    lost = set(added) - set(incidents)
    expect(not lost, f"acknowledged incidents that are lost: {sorted(lost)}")
    own = same_entries(a, b, heads)
    reports = {entry["index"] for entry in own if entry["kind"] == "REPORT"}
    used = {}
    for found, row in incidents.items():
        if found in publish_acknowledged and row["log_index"] is None:
            raise Failure(f"acknowledged and never published: {row}")
        if row["log_index"] is not None:
            expect(row["log_index"] not in used, f"two incidents at {row['log_index']}")
            expect_equal(row["state"], "published", f"state of {found}")
            used[row["log_index"]] = found
    expect_equal(set(used), reports, "indices of incidents, and of the log's reports")


run(kill_while_publishing)
