#!/usr/bin/env python3
"""docs/api.md has every method that the local API serves, with the roles that the code lets call it.

    api_doc_test.py SOURCE_FOLDER

That its commands work is seen by tests/integration/api_doc_test.py.
"""
import pathlib
import re
import sys

from openapi_test import NOT_OVER_HTTP, methods

MAY_CALL = r"\*May\s+call:\s+([^*]*)\.\*"
ORDER = ("staff", "manager", "operator", "auditor")


def fail(words):
    sys.exit(f"api_doc_test: {words}")


def rules(source):
    """Method -> who may call it, in the document's words, out of the table that the code enforces."""
    text = (source / "node" / "service" / "access.cc").read_text(encoding="utf-8")
    named = dict(re.findall(r"constexpr Roles (k\w+)(\{[^}]*\});", text))
    found = {}
    for method, may, more in re.findall(r'MethodRule\{"([^"]+)",\s*(k\w+|Roles::All\(\)|'
                                        r'Roles\{[^}]*\})(, true)?\}', text):
        listed = named.get(may, may)
        words = [role for role in ORDER if f"k{role.capitalize()}" in listed]
        if more:
            found[method] = "anybody, without a token too"
        elif "All()" in listed:
            found[method] = "everybody with a role"
        else:
            found[method] = ", ".join(words)
    return found


def main(source):
    text = (source / "docs" / "api.md").read_text(encoding="utf-8")
    parts = re.split(r"^#{2,4} ", text, flags=re.MULTILINE)
    described = {part.split("\n", 1)[0]: part for part in parts if re.search(MAY_CALL, part)}
    wanted = {f"{service}/{method}" for service, method in methods(source)
              if service not in NOT_OVER_HTTP}
    if set(described) != wanted:
        fail(f"methods that docs/api.md lacks, or that are no more: {set(described) ^ wanted}")
    table = rules(source)
    if set(table) != wanted:
        fail(f"access.cc and the .proto files differ in {set(table) ^ wanted}")
    for method, part in described.items():
        said = " ".join(re.search(MAY_CALL, part).group(1).split())
        if said != table[method]:
            fail(f"{method}: docs/api.md says that {said} may call it, the code {table[method]}")
        if f"$DAFTAR/daftar.v1.{method} " not in part:
            fail(f"{method} has no command")
    codes = set(re.findall(r"^```sh error=(\w+)$", text, re.MULTILINE))
    known = set(re.findall(r"`(\w+)` \| \d{3}", text))
    if not codes or not codes <= known:
        fail(f"errors that the table of codes lacks: {codes - known}")
    print(f"{len(described)} methods")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
