#!/usr/bin/env python3
"""Verifies an audit bundle or the evidence of a fork, without a network: the second verifier,
written from docs/bundle.md alone, with Debian's python3-nacl.

    verify_bundle.py BUNDLE --policy POLICY [--proof FILE]... [--now SECONDS] [--json]
    verify_bundle.py --batch [--now SECONDS] < lines of BUNDLE<TAB>POLICY
        > lines of CODE<TAB>FAILED<TAB>NOT CHECKED

Exit code 0: no check fails; 1: a check fails; 2: it cannot be read, or the policy cannot, or nobody
reads what --batch finds.
"""
import argparse
import json
import os
import sys
import time

try:
    import nacl  # noqa: F401
except ImportError:
    print("verify_bundle.py needs Debian's package python3-nacl, and the Python that it belongs to: "
          "/usr/bin/python3", file=sys.stderr)
    sys.exit(2)

import fork
from bundle import Bundle, read_file
from checks import Verifier
from encoding import Malformed, require
from findings import NAMES
from notes import MAX_POLICY_BYTES, Policy

MAX_EVIDENCE_BYTES = 81920
SHOWN = 20  # texts of a check; the rest is counted


def is_fork_evidence(path):
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(len(fork.MAGIC)) == fork.MAGIC


def verify(path, policy_path, now, proof_paths=(), skip=()):
    """(code, {check: {"state": ..., "fails": [...], "not_checked": [...]}}, why it cannot be read).

    The state is "fails", "holds" where something was looked at, or "not_checked".
    """
    try:
        policy = Policy(read_file(policy_path, MAX_POLICY_BYTES))
        if is_fork_evidence(path):
            why = fork.why_it_proves_nothing(fork.Evidence(read_file(path, MAX_EVIDENCE_BYTES)),
                                             policy)
            why = why if "fork" not in skip else None
            faults = [why] if why else []
            return len(faults), {"fork": {"state": "fails" if faults else "holds", "fails": faults,
                                          "not_checked": []}}, ""
        bundle = Bundle(path)
        require(bundle.manifest.kind != "decisions", "decisions are for `daftar audit replay`")
        proofs = [(os.path.basename(proof), read_file(proof, None)) for proof in proof_paths]
    except Malformed as error:
        return 2, {}, str(error)
    done = Verifier(bundle, policy, now, proofs, skip)
    checks = {name: {"state": done.state(name), "fails": done.faults[name],
                     "not_checked": done.unchecked[name]} for name in NAMES}
    return int(bool(done.failed())), checks, ""


def in_state(checks, state):
    return [name for name, found in checks.items() if found["state"] == state]


def failed(checks):
    return in_state(checks, "fails")


def print_texts(texts):
    for text in texts[:SHOWN]:
        print(f"{'':12} - {text}")
    if len(texts) > SHOWN:
        print(f"{'':12} - and {len(texts) - SHOWN} more")


def print_checks(code, checks, why):
    if code == 2:
        print(f"cannot be read: {why}")
    for name, found in checks.items():
        print(f"{name:12} {'FAILS' if found['fails'] else found['state'].replace('_', ' ')}")
        print_texts(found["fails"])
    left_out = {name: found["not_checked"] for name, found in checks.items()
                if found["not_checked"] or found["state"] == "not_checked"}
    if left_out:
        print("\nwhat was not checked, also of what holds:")
    for name, texts in left_out.items():
        print(name)
        print_texts(texts or ["there was nothing to check"])


def drop_stdout():
    """Whoever read the output has gone: nothing more is written, also not when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("bundle", nargs="?")
    parser.add_argument("--policy")
    parser.add_argument("--proof", action="append", default=[])
    parser.add_argument("--now", type=int, default=int(time.time()))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--batch", action="store_true")
    parser.add_argument("--skip", action="append", default=[], choices=NAMES + ("fork",),
                        help="leave a check out, to see that the mutation test notices")
    given = parser.parse_args()
    if given.batch:
        try:
            for line in sys.stdin:
                bundle, policy = line.rstrip("\n").split("\t")
                code, checks, _ = verify(bundle, policy, given.now, skip=given.skip)
                print(f"{code}\t{','.join(failed(checks))}\t"
                      f"{','.join(in_state(checks, 'not_checked'))}", flush=True)
        except BrokenPipeError:
            drop_stdout()
            return 2
        return 0
    if not given.bundle or not given.policy:
        parser.print_usage(sys.stderr)
        return 2
    code, checks, why = verify(given.bundle, given.policy, given.now, given.proof, given.skip)
    try:
        if given.json:
            print(json.dumps({"code": code, "checks": checks, "why": why}))
        else:
            print_checks(code, checks, why)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_stdout()
    return code


if __name__ == "__main__":
    sys.exit(main())
