#!/usr/bin/env python3
"""The second verifier as a program, where whoever reads its output has gone."""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from log_model import NOW
from make_bundles import ForkPlan, Plan

VERIFIER = pathlib.Path(__file__).with_name("verify_bundle.py")


def into_closed_pipe(arguments, lines=None):
    """(exit code, standard error)"""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([sys.executable, "-B", str(VERIFIER), *arguments], stdout=writer,
                              stderr=subprocess.PIPE, input=lines, text=True, timeout=120,
                              check=False)
    finally:
        os.close(writer)
    return done.returncode, done.stderr


def main():
    with tempfile.TemporaryDirectory() as folder:
        for plan in (Plan(random.Random("1 0")), ForkPlan(random.Random(1))):
            path = pathlib.Path(folder) / type(plan).__name__
            policy = plan.write(path)
            for output in ([], ["--json"]):
                got = into_closed_pipe([str(path), "--policy", str(policy), "--now", str(NOW),
                                        *output])
                assert got == (0, ""), got  # the verdict all the same
            got = into_closed_pipe(["--batch", "--now", str(NOW)], f"{path}\t{policy}\n" * 3)
            assert got == (2, ""), got
    print("ends quietly")


if __name__ == "__main__":
    main()
