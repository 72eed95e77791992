#!/usr/bin/env python3
"""Runs clang-tidy on the .cc files that differ from HEAD^1, uncommitted and new ones included.

    tidy_changed.py --tree build/asan [--jobs N] [--seconds N]

A file that was clean before is not read again while it, the project's headers it includes, its
compile command and .clang-tidy are the same. What the time did not suffice for is printed. Exits 1
when there is a warning.
"""
import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "structure"))
from includes import closure  # noqa: E402


def git(*arguments):
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return result.stdout.splitlines() if result.returncode == 0 else None


def changed_sources():
    """The changed .cc files; None when there is nothing to compare with."""
    changed = git("diff", "--name-only", "--diff-filter=d", "HEAD^1", "--", "*.cc")
    if changed is None:
        return None
    return sorted(set(changed) | set(git("ls-files", "--others", "--exclude-standard", "*.cc")))


def compile_commands(tree):
    commands = json.loads((tree / "compile_commands.json").read_text(encoding="utf-8"))
    table = {}
    for entry in commands:
        path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        if path.is_relative_to(ROOT):
            table[path.relative_to(ROOT).as_posix()] = entry["command"]
    return table


def make_generated_headers(tree):
    """The protobuf headers, which a tree that built only unit tests may not have."""
    targets = subprocess.run(["ninja", "-C", str(tree), "-t", "targets", "all"],
                             capture_output=True, text=True, check=True).stdout.splitlines()
    headers = [line.split(":")[0] for line in targets if ".pb.h:" in line]
    if headers:
        subprocess.run(["ninja", "-C", str(tree), "--quiet", *headers], check=True)


def cache_key(source, command, tool):
    digest = hashlib.sha256(f"{tool}\0{command}\0".encode())
    digest.update((ROOT / ".clang-tidy").read_bytes())
    for path in closure(ROOT, source):
        digest.update(str(path).encode() + b"\0" + (ROOT / path).read_bytes())
    return digest.hexdigest()


class Run:
    def __init__(self, tree, seconds):
        self.tree = tree
        self.deadline = time.monotonic() + seconds
        self.cache = ROOT / "build" / "tidy-cache"
        self.cache.mkdir(parents=True, exist_ok=True)
        self.tool = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True,
                                   check=True).stdout

    def check(self, source, command):
        """('clean' | 'unchanged' | 'left out' | 'with warnings', output)."""
        stamp = self.cache / cache_key(source, command, self.tool)
        if stamp.exists():
            return "unchanged", ""
        left = self.deadline - time.monotonic()
        if left <= 0:
            return "left out", ""
        try:
            result = subprocess.run(["clang-tidy", "--quiet", "-p", str(self.tree), source],
                                    cwd=ROOT, capture_output=True, text=True, timeout=left)
        except subprocess.TimeoutExpired:
            return "left out", ""
        if result.returncode == 0 and not result.stdout.strip():
            stamp.touch()
            return "clean", ""
        return "with warnings", result.stdout + result.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=600)
    arguments = parser.parse_args()
    tree = arguments.tree.resolve()

    sources = changed_sources()
    if sources is None:
        print("There is no HEAD^1 to compare with (a first commit, or a shallow clone): clang-tidy "
              "did not run. `cmake --preset tidy && cmake --build --preset tidy` checks everything.")
        return 0
    commands = compile_commands(tree)
    known = [source for source in sources if source in commands]
    for source in sorted(set(sources) - set(known)):
        print(f"left out: {source} (not compiled in {arguments.tree})")
    if set(known) == {path for path in commands if not path.startswith("build/")}:
        print(f"Every source differs from HEAD^1: all {len(known)} are checked, as far as "
              f"{arguments.seconds:.0f} s suffice.")
    if not known:
        print("No source differs from HEAD^1.")
        return 0

    make_generated_headers(tree)
    run = Run(tree, arguments.seconds)
    with concurrent.futures.ThreadPoolExecutor(max(1, min(2, arguments.jobs))) as pool:
        verdicts = list(pool.map(lambda source: run.check(source, commands[source]), known))
    counts = {}
    for source, (verdict, output) in zip(known, verdicts):
        counts[verdict] = counts.get(verdict, 0) + 1
        if verdict == "with warnings":
            print(f"{source}:\n{output}")
        elif verdict == "left out":
            print(f"left out: {source} (no time left)")
    print("clang-tidy: " + ", ".join(f"{count} {word}" for word, count in sorted(counts.items())))
    return 1 if counts.get("with warnings") else 0


if __name__ == "__main__":
    sys.exit(main())
