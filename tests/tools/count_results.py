#!/usr/bin/env python3
"""Sums the JUnit reports of ctest and names every test that failed or was skipped.

    count_results.py [--failed-steps N] FOLDER

The last line is `N passed, N failed, N skipped`. A step that failed while all its tests passed (a
build, the formatting, clang-tidy) counts as one failure. Exits 1 when anything failed.
"""
import argparse
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

# How ctest words a test that chose not to run, in contrast to one that could not.
CHOSEN = ("SKIP_REGULAR_EXPRESSION_MATCHED", "SKIP_RETURN_CODE", "Disabled")


def reason_of(case):
    """What a skipped GoogleTest said: the text between its `Skipped` and the closing line."""
    output = case.findtext("system-out") or ""
    match = re.search(r": Skipped\n(.*?)\n?\[  SKIPPED \]", output, re.DOTALL)
    return " ".join(match.group(1).split()) if match else "no reason given"


def judge(case):
    """('passed' | 'failed' | 'skipped', remark)."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed", "see above"
    skipped = case.find("skipped")
    if case.get("status") == "disabled":
        return "skipped", "disabled"
    if skipped is not None:
        message = skipped.get("message") or ""
        if any(word in message for word in CHOSEN):
            return "skipped", reason_of(case)
        return "failed", f"could not run: {message}"
    if case.get("status") == "run":
        return "passed", ""
    return "failed", f"status '{case.get('status')}'"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failed-steps", type=int, default=0)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()

    counts = {"passed": 0, "failed": 0, "skipped": 0}
    failed_trees = 0
    lines = []
    for report in sorted(arguments.folder.glob("*.xml")):
        failures_here = 0
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            verdict, remark = judge(case)
            counts[verdict] += 1
            if verdict == "failed":
                failures_here += 1
            if verdict != "passed":
                lines.append(f"{verdict}: {case.get('name')} ({report.stem}): {remark}")
        failed_trees += 1 if failures_here else 0
    # Steps whose failure is already counted test by test are not counted again.
    counts["failed"] += max(0, arguments.failed_steps - failed_trees)
    for line in lines:
        print(line)
    if lines:
        print()
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or arguments.failed_steps else 0


if __name__ == "__main__":
    sys.exit(main())
