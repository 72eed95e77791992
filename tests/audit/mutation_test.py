#!/usr/bin/env python3
"""Makes audit bundles, good ones and ones with one thing changed, and has them judged by both
verifiers: `daftar audit verify`'s code (the program audit_verify_many) and verify_bundle.py. They
must agree on the exit code of each, and it must be 0 exactly for the good ones. Of a bundle that
fails in both at least one failed check must be the same: else one of them judges something else. Of
one that fails in neither they must agree on what was not checked; and where the head fails, nothing
may hold that rests on it.

    mutation_test.py [--verifier audit_verify_many] [--count N] [--seed N] [--table]
    mutation_test.py --self-test

1,000 bundles, 10,000 with DAFTAR_LONG=1. A failure names its seed; --seed and --count repeat it, and
its bundle is kept. Without --verifier only the second verifier judges. --table prints which checks
caught which mutation. --self-test sees that no check could be left out without being missed.
"""
import argparse
import collections
import contextlib
import importlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from findings import NAMES
from log_model import NOW
from make_bundles import Plan
from mutate import ALL, Unfit
from verify_bundle import failed, verify

for module in sorted(pathlib.Path(__file__).resolve().parent.glob("mutate_*.py")):
    importlib.import_module(module.stem)  # adds to ALL

HERE = pathlib.Path(__file__).resolve().parent
SECOND = [sys.executable, "-B", str(HERE / "verify_bundle.py"), "--batch"]
TRIES = 300  # of plans for a mutation that needs something rare
GOOD_EVERY = 8
SHOWN = 20
# What does not rest on the head, or on head-from where that one is at fault.
WITHOUT_HEAD = {"cosigners", "quorum", "inclusion"}


class Bundle:
    def __init__(self, number, name, codes, path, policy):
        self.number, self.name, self.codes, self.path, self.policy = number, name, codes, path, policy


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        path.unlink() if not path.is_dir() else shutil.rmtree(path)


def make(seed, number, folder):
    """The bundle of this number: every so often an unchanged one, else the next mutation."""
    changed = number - number // GOOD_EVERY - 1
    name, plan_of, codes = ALL[0] if number % GOOD_EVERY == 0 else ALL[changed % len(ALL)]
    path = folder / f"bundle-{number}"
    for attempt in range(TRIES):
        rng = random.Random(f"{seed} {number} {attempt}")
        try:
            plan = plan_of(rng)
            return Bundle(number, name, codes, path, plan.write(path))
        except Unfit:
            remove(path)
    raise RuntimeError(f"no plan is fit for the mutation {name!r}")


def judge(command, bundles):
    """(code, failed checks, checks not made) of each bundle, by one process."""
    lines = "".join(f"{bundle.path}\t{bundle.policy}\n" for bundle in bundles)
    done = subprocess.run([*command, "--now", str(NOW)], input=lines, text=True,
                          stdout=subprocess.PIPE, check=False)
    answers = [line.split("\t") for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(bundles):
        raise RuntimeError(f"{command[0]} ended with {done.returncode} after {len(answers)} answers")
    return [(int(code), checks, left_out) for code, checks, left_out in answers]


def is_wrong(bundle, verdicts):
    codes = {code for code, _, _ in verdicts.values()}
    if len(codes) != 1 or not codes <= bundle.codes:
        return True
    if codes == {0}:
        return len({left_out for _, _, left_out in verdicts.values()}) != 1
    if codes != {1}:
        return False
    for _, failing, left_out in verdicts.values():
        holding = set(NAMES) - set(failing.split(",")) - set(left_out.split(","))
        if "head" in failing.split(",") and not holding <= WITHOUT_HEAD:
            return True
    return not set.intersection(*(set(failing.split(",")) for _, failing, _ in verdicts.values()))


def table(bundles, verdicts):
    found = collections.defaultdict(collections.Counter)
    for bundle, (code, checks, _) in zip(bundles, verdicts):
        found[bundle.name][checks or {0: "-", 2: "unreadable"}[code]] += 1
    for name in sorted(found):
        print(f"{name} | " + ", ".join(f"{checks} ({count})" for checks, count in
                                       found[name].most_common(4)))


def run(given, folder, commands):
    """The bundles that were judged wrongly."""
    begin = time.monotonic()
    bundles = [make(given.seed, number, folder) for number in range(given.first, given.first + given.count)]
    made = time.monotonic()
    verdicts = {name: judge(command, bundles) for name, command in commands.items()}
    done = time.monotonic()
    if given.table:
        table(bundles, verdicts["second"])
    wrong = []
    for at, bundle in enumerate(bundles):
        by_name = {name: answers[at] for name, answers in verdicts.items()}
        if is_wrong(bundle, by_name):
            wrong.append(bundle)
            if len(wrong) <= SHOWN:
                print(f"seed {given.seed}, number {bundle.number}: {bundle.name}: wanted one of "
                      f"{sorted(bundle.codes)}, got {by_name}")
    good = sum(bundle.codes == {0} for bundle in bundles)
    print(f"{len(bundles)} bundles ({good} good), {len(ALL)} mutations, seed {given.seed}: "
          f"{len(wrong)} wrong. Made in {made - begin:.1f} s, judged in {done - made:.1f} s")
    return wrong


def keep(wrong, given):
    folder = pathlib.Path(given.keep or tempfile.mkdtemp(prefix="daftar-mutation-"))
    folder.mkdir(parents=True, exist_ok=True)
    for bundle in wrong[:SHOWN]:
        for source in (bundle.path, pathlib.Path(bundle.policy)):
            (shutil.copytree if source.is_dir() else shutil.copy)(
                source, folder / f"seed-{given.seed}-{source.name}")
    print(f"kept in {folder}; --seed {given.seed} makes them again")


def self_test(given, folder):
    """What is wrong with this test: checks that no bundle needs, faults that nobody would see."""
    bundles = [make(given.seed, number, folder) for number in range(given.count)]
    alone = collections.Counter(checks for bundle, (code, checks, _) in zip(bundles, judge(SECOND, bundles))
                                if code == 1 and 0 not in bundle.codes)
    print("caught by one check alone:", dict(alone.most_common()))
    wrong = [f"no bundle needs the check {name}" for name in NAMES + ("fork",)
             if name != "proofs" and not alone[name]]
    for check in ("quorum", "deadlines"):
        verdicts = judge(SECOND + ["--skip", check], bundles)
        missed = sum(is_wrong(b, {"second": v}) for b, v in zip(bundles, verdicts))
        print(f"without {check}: {missed} wrong")
        if missed == 0:
            wrong.append(f"nobody misses {check}")
    return wrong + test_proof_files(given, folder)


def test_proof_files(given, folder):
    """--proof, which batches do not have; the same bundle in both forms."""
    number, plan = 0, Plan(random.Random(f"{given.seed} proofs 0"))
    while not (plan.case and plan.case.proofs):
        number += 1
        plan = Plan(random.Random(f"{given.seed} proofs {number}"))
    good, bad = folder / "good-proof", folder / "bad-proof"
    good.write_bytes(plan.case.proofs[0][2])
    bad.write_bytes(plan.case.proofs[0][2] + b"x")
    wrong = []
    for plan.as_file in (False, True):
        path = folder / f"with-proofs-{plan.as_file}"
        policy = plan.write(path)
        for proofs, wanted in (((), []), ((good,), []), ((bad,), ["proofs"]), ((good, bad), ["proofs"])):
            code, checks, _ = verify(path, policy, NOW, proofs)
            if code != len(wanted) or failed(checks) != wanted:
                wrong.append(f"proof files {proofs}: {code} {failed(checks)}")
    plan.case = None
    policy = plan.write(folder / "without-case")
    if failed(verify(folder / "without-case", policy, NOW, (good,))[1]) != ["proofs"]:
        wrong.append("a proof file without a case is not noticed")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--verifier")
    parser.add_argument("--count", type=int, default=10000 if os.environ.get("DAFTAR_LONG") else 1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first bundle")
    parser.add_argument("--seed", default=os.environ.get("DAFTAR_SEED", "1"))
    parser.add_argument("--keep", help="where wrongly judged bundles are kept")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daftar-bundles-") as folder:
        folder = pathlib.Path(folder)
        if given.self_test:
            wrong = self_test(given, folder)
            print("\n".join(wrong) or "nothing is wrong with this test")
            return 1 if wrong else 0
        commands = {"second": SECOND}
        if given.verifier:
            commands["first"] = [given.verifier]
        wrong = run(given, folder, commands)
        if wrong:
            keep(wrong, given)
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
