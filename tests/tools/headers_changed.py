#!/usr/bin/env python3
"""Compiles each header that differs from HEAD^1 by itself: it has to include what it uses.

    headers_changed.py --tree build/asan [--jobs N]

With the options of a source of its folder, but without the precompiled headers. Exits 1 when one does
not compile.
"""
import argparse
import concurrent.futures
import pathlib
import shlex
import subprocess
import sys

from tidy_changed import ROOT, compile_commands, git, make_generated_headers

# Options that go with an output, and how many words each has.
LEFT_OUT = {"-o": 2, "-MF": 2, "-MT": 2, "-include": 2, "-include-pch": 2, "-c": 1, "-MD": 1}


def changed_headers():
    changed = git("diff", "--name-only", "--diff-filter=d", "HEAD^1", "--", "*.h")
    if changed is None:
        return None
    return sorted(set(changed) | set(git("ls-files", "--others", "--exclude-standard", "*.h")))


def options_for(header, commands):
    """The command of the nearest source, without its input and outputs; None when there is none."""
    folder = pathlib.PurePosixPath(header).parent
    while True:
        for source in sorted(commands):
            if pathlib.PurePosixPath(source).parent == folder:
                return trimmed(shlex.split(commands[source]), source)
        if folder == folder.parent:
            return None
        folder = folder.parent


def trimmed(words, source):
    first = next(i for i, word in enumerate(words) if pathlib.PurePath(word).name.startswith(("clang", "g++")))
    kept, skip = [], 0
    for index in range(first, len(words)):
        word = words[index]
        if skip:
            skip -= 1
        elif word in LEFT_OUT:
            skip = LEFT_OUT[word] - 1
        elif word == "-Xclang" and "pch" in " ".join(words[index:index + 4]):
            skip = 1
        elif not word.endswith("/" + source):
            kept.append(word)
    return kept


def compiles(header, commands, tree):
    options = options_for(header, commands)
    if options is None:
        return header, None, ""
    done = subprocess.run([*options, "-fsyntax-only", "-x", "c++", str(ROOT / header)], cwd=tree,
                          capture_output=True, text=True)
    return header, done.returncode == 0, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    headers = changed_headers()
    if headers is None:
        print("there is no earlier commit: no header is compiled by itself")
        return 0
    tree = arguments.tree.resolve()
    make_generated_headers(tree)
    commands = compile_commands(tree)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for header, ok, words in pool.map(lambda name: compiles(name, commands, tree), headers):
            if ok is None:
                print(f"{header}: not compiled, nothing of its folder is")
            elif not ok:
                failed += 1
                print(f"{header} does not stand alone:\n{words}", file=sys.stderr)
    print(f"{len(headers)} headers changed, {failed} do not stand alone")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
