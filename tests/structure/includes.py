"""Reads the #include lines of the project's sources."""
import pathlib
import re

SUFFIXES = (".cc", ".h")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def sources(root, folder):
    """The sources below root/folder, as paths relative to root, sorted."""
    found = [p for p in (root / folder).rglob("*") if p.suffix in SUFFIXES and p.is_file()]
    return sorted(p.relative_to(root) for p in found)


def includes_of(text):
    """(line number, name, quoted?) for each include of a source text."""
    for match in _INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match.group(1) or match.group(2), match.group(1) is not None


def closure(root, source):
    """`source` and every file of the project that it includes, directly or not."""
    seen = set()
    open_ones = [pathlib.Path(source)]
    while open_ones:
        path = open_ones.pop()
        if path in seen or not (root / path).is_file():
            continue
        seen.add(path)
        text = (root / path).read_text(encoding="utf-8")
        open_ones += [pathlib.Path(name) for _, name, quoted in includes_of(text) if quoted]
    return sorted(seen)
