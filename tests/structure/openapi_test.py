#!/usr/bin/env python3
"""docs/openapi.json is what proto/openapi.py writes, and is whole: every method of the .proto files,
every reference, a schema for every message. What there is to describe is read here from the .proto
files themselves, not by way of protoc.

    openapi_test.py SOURCE_FOLDER
"""
import difflib
import json
import pathlib
import re
import subprocess
import sys

# Debian's own, which sees Debian's python3-protobuf.
PYTHON = "/usr/bin/python3"
NOT_OVER_HTTP = {"PairingService", "PartnerService"}


def fail(words):
    sys.exit(f"openapi_test: {words}")


def methods(source):
    """(service, method) -> (request, answer, whether the one and the other is a stream)."""
    found = {}
    for path in sorted((source / "proto" / "daftar" / "v1").glob("*.proto")):
        text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
        for name, body in re.findall(r"service (\w+) \{(.*?)\n\}", text, re.DOTALL):
            for rpc in re.findall(r"rpc (\w+)\((stream )?(\w+)\)\s*returns\s*\((stream )?(\w+)\)",
                                  body):
                found[name, rpc[0]] = (rpc[2], rpc[4], bool(rpc[1]), bool(rpc[3]))
    return found


def fields(source, message):
    """Names of the message's fields, in lowerCamelCase."""
    for path in sorted((source / "proto" / "daftar" / "v1").glob("*.proto")):
        text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
        body = re.search(rf"^message {message} \{{(.*?)^\}}", text, re.DOTALL | re.MULTILINE)
        empty = re.search(rf"^message {message} \{{\}}", text, re.MULTILINE)
        if empty:
            return set()
        if body:
            names = re.findall(r"(\w+) = \d+;", body.group(1))
            return {re.sub(r"_(\w)", lambda match: match.group(1).upper(), name) for name in names}
    return fail(f"message {message} is in no .proto file")


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(document, reference):
    node = document
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or part not in node:
            fail(f"{reference} refers to nothing")
        node = node[part]
    return node


def check_operation(document, path, made, wanted):
    request, answer, streams_in, streams_out = wanted
    kind = "application/connect+json" if streams_in or streams_out else "application/json"
    for where, message in ((made["requestBody"], request), (made["responses"]["200"], answer)):
        content = where["content"]
        if kind not in content or kind.replace("json", "proto") not in content:
            fail(f"{path} lacks a content type: {sorted(content)}")
        if content[kind]["schema"] != {"$ref": f"#/components/schemas/{message}"}:
            fail(f"{path} does not take or give a {message}")
    if streams_in and "request is a stream" not in made["description"]:
        fail(f"{path} does not say that its request is a stream")
    if streams_out and "answer is a stream" not in made["description"]:
        fail(f"{path} does not say that its answer is a stream")
    if not (streams_in or streams_out):
        error = resolve(document, made["responses"]["default"]["$ref"])
        if error["content"]["application/json"]["schema"]["$ref"] != "#/components/schemas/Error":
            fail(f"{path} has no error")


def main(source):
    kept = (source / "docs" / "openapi.json").read_text(encoding="utf-8")
    done = subprocess.run([PYTHON, "-B", str(source / "proto" / "openapi.py")], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        fail(f"proto/openapi.py ended with {done.returncode}:\n{done.stderr}")
    if done.stdout != kept:
        changes = difflib.unified_diff(kept.splitlines(), done.stdout.splitlines(), "docs",
                                       "proto/openapi.py", lineterm="", n=1)
        fail("docs/openapi.json is not what the .proto files say. Write it anew: "
             "proto/openapi.py > docs/openapi.json\n" + "\n".join(list(changes)[:40]))

    document = json.loads(kept)
    if not document["openapi"].startswith("3.1."):
        fail(f"openapi: {document['openapi']}")
    wanted = {f"/daftar.v1.{service}/{method}": rest
              for (service, method), rest in methods(source).items()
              if service not in NOT_OVER_HTTP}
    if len(wanted) < 80:
        fail(f"only {len(wanted)} methods were found in the .proto files")
    if set(document["paths"]) != set(wanted):
        fail(f"paths that differ: {sorted(set(document['paths']) ^ set(wanted))}")
    operations = [path["post"]["operationId"] for path in document["paths"].values()]
    if len(set(operations)) != len(operations):
        fail("an operationId is there twice")
    for path, rest in wanted.items():
        check_operation(document, path, document["paths"][path]["post"], rest)
        for message in rest[:2]:
            there = set(document["components"]["schemas"][message].get("properties", {}))
            if there != fields(source, message):
                fail(f"fields of {message} that differ: {there ^ fields(source, message)}")
    used = set(references(document))
    for reference in used:
        resolve(document, reference)
    for kind in ("schemas", "parameters", "responses"):
        for name in document["components"][kind]:
            if f"#/components/{kind}/{name}" not in used:
                fail(f"{kind}/{name} is used by nothing")
    for requirement in document["security"]:
        for name in requirement:
            if name not in document["components"]["securitySchemes"]:
                fail(f"there is no security scheme {name}")
    print(f"{len(wanted)} methods, {len(document['components']['schemas'])} schemas")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
