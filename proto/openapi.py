#!/usr/bin/python3
"""Writes docs/openapi.json, the OpenAPI 3.1 description of the local services over HTTP.

    proto/openapi.py > docs/openapi.json

Reads what protoc makes of the .proto files beside it, so that a method added to one of them is in
the file when it is written anew; tests/structure/openapi_test.py fails until it is. Messages are
described in protobuf's JSON mapping, and comments become descriptions. Services that partners' nodes
call (partner.proto) are not served over HTTP and not described. Needs Debian's protobuf-compiler and
python3-protobuf.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parent
PARTNERS_ONLY = "daftar/v1/partner.proto"
MAX_UINT32 = 2**32 - 1
MAX_INT32 = 2**31 - 1

# The code of a Connect error, and the HTTP status that it comes with.
STATUS = {
    "canceled": 499, "unknown": 500, "invalid_argument": 400, "deadline_exceeded": 504,
    "not_found": 404, "already_exists": 409, "permission_denied": 403, "resource_exhausted": 429,
    "failed_precondition": 400, "aborted": 409, "out_of_range": 400, "unimplemented": 501,
    "internal": 500, "unavailable": 503, "data_loss": 500, "unauthenticated": 401,
}

ABOUT = """\
The services of a Daftar node that the shop's own systems call, as the Connect protocol over HTTP. \
docs/api.md explains them, says which role may call what, and has a request for each.

JSON is protobuf's JSON mapping. Names of fields are lowerCamelCase in answers; requests may use \
snake_case too, and a field that is not known is refused. 64-bit numbers are strings, so that no \
reader loses digits. A field that holds its default (empty, 0, false, unspecified) may be left out \
on both sides."""

STREAM_IN = """\
The request is a stream: messages of the schema below, each in an envelope of one byte of flags and \
four bytes of length, big endian."""
STREAM_OUT = """\
The answer is a stream: status 200, then messages of the schema below, each in an envelope of one \
byte of flags and four bytes of length, big endian. The last envelope has flag 2 and holds \
`{}` or `{"error": {...}}`."""

Field = descriptor_pb2.FieldDescriptorProto


def descriptors():
    """What protoc says of the .proto files, comments included."""
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("daftar/v1/*.proto"))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", f"--proto_path={ROOT}", "--include_source_info",
                        f"--descriptor_set_out={out.name}", *files], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())


def comments(file):
    """The comment before each declaration, by the declaration's path within the file."""
    found = {}
    for location in file.source_code_info.location:
        lines = (line.strip() for line in location.leading_comments.split("\n"))
        text = " ".join(line for line in lines if line)
        if text:
            found[tuple(location.path)] = text
    return found


def described(schema, *texts):
    """The schema with the texts that are not empty as its description."""
    text = " ".join(text for text in texts if text)
    return {**schema, "description": text} if text else schema


def reference(type_name):
    return {"$ref": "#/components/schemas/" + type_name.rsplit(".", 1)[1]}


def value_schema(field):
    """Of one value of the field."""
    if field.type in (Field.TYPE_MESSAGE, Field.TYPE_ENUM):
        return reference(field.type_name)
    return {
        Field.TYPE_STRING: {"type": "string"},
        Field.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
        Field.TYPE_BOOL: {"type": "boolean"},
        Field.TYPE_UINT32: {"type": "integer", "minimum": 0, "maximum": MAX_UINT32},
        Field.TYPE_INT32: {"type": "integer", "minimum": -MAX_INT32 - 1, "maximum": MAX_INT32},
        Field.TYPE_UINT64: {"type": "string", "format": "uint64", "pattern": "^[0-9]{1,20}$"},
        Field.TYPE_INT64: {"type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$"},
    }[field.type]


def message_schema(message, path, said):
    properties, choices = {}, {}
    for number, field in enumerate(message.field):
        schema = value_schema(field)
        if field.label == Field.LABEL_REPEATED:
            schema = {"type": "array", "items": schema}
        if field.HasField("oneof_index") and not field.proto3_optional:
            choices.setdefault(field.oneof_index, []).append(field.json_name)
        properties[field.json_name] = described(schema, said.get(path + (2, number)))
    one_of = [f"At most one of: {', '.join(names)}." for names in choices.values()]
    return described({"type": "object", "properties": properties}, said.get(path), *one_of)


def enum_schema(enum, path, said):
    values = [f"{value.name}: {said[path + (2, number)]}" for number, value in enumerate(enum.value)
              if path + (2, number) in said]
    schema = {"type": "string", "enum": [value.name for value in enum.value]}
    return described(schema, said.get(path), *values)


def error_answer(text):
    return {"description": text,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


def operation(service, method, said):
    streams = method.client_streaming or method.server_streaming
    kinds = ("application/connect+json", "application/connect+proto") if streams else (
        "application/json", "application/proto")

    def content(type_name):
        binary = {"type": "string", "format": "binary",
                  "description": f"{type_name.lstrip('.')} in protobuf's binary form."}
        return {kinds[0]: {"schema": reference(type_name)}, kinds[1]: {"schema": binary}}
    notes = [text for text, there in ((STREAM_IN, method.client_streaming),
                                      (STREAM_OUT, method.server_streaming)) if there]
    parts = [part for part in (said, *notes) if part]
    made = {"tags": [service.name], "operationId": f"{service.name}_{method.name}",
            "summary": method.name}
    if parts:
        made["description"] = "\n\n".join(parts)
    if "Open to everybody" in said:
        made["security"] = [{}, {"bearer": []}]
    made["parameters"] = [{"$ref": "#/components/parameters/ConnectProtocolVersion"},
                          {"$ref": "#/components/parameters/ConnectTimeoutMs"}]
    made["requestBody"] = {"required": True, "content": content(method.input_type)}
    made["responses"] = {"200": {"description": "Done.", "content": content(method.output_type)}}
    if not streams:
        for status in ("401", "403", "429"):
            made["responses"][status] = {"$ref": f"#/components/responses/Status{status}"}
        made["responses"]["default"] = {"$ref": "#/components/responses/Error"}
    return made


def reached(paths, schemas):
    """Names of the schemas that the paths use, directly or through others."""
    names, texts = set(), [json.dumps(paths)]
    while texts:
        for name in re.findall(r'"#/components/schemas/(\w+)"', texts.pop()):
            if name not in names:
                names.add(name)
                texts.append(json.dumps(schemas[name]))
    return names


def components(schemas):
    by_status = {}
    for code, status in STATUS.items():
        by_status.setdefault(status, []).append(code)
    told = "; ".join(f"{status}: {', '.join(codes)}" for status, codes in sorted(by_status.items()))
    schemas["Error"] = {
        "type": "object", "required": ["code"],
        "description": f"HTTP statuses and the codes that they come with. {told}.",
        "properties": {
            "code": {"type": "string", "enum": list(STATUS)},
            "message": {"type": "string", "description": "What was wrong, and what to do."},
            "details": {"type": "array", "items": {"type": "object"}}}}
    busy = error_answer("resource_exhausted: too many calls of this user, or something is full.")
    busy["headers"] = {"Retry-After": {"description": "Seconds to wait before the next try.",
                                       "schema": {"type": "integer", "minimum": 0}}}
    return {
        "schemas": schemas,
        "parameters": {
            "ConnectProtocolVersion": {
                "name": "Connect-Protocol-Version", "in": "header", "required": False,
                "schema": {"type": "string", "enum": ["1"]}},
            "ConnectTimeoutMs": {
                "name": "Connect-Timeout-Ms", "in": "header", "required": False,
                "description": "After so many milliseconds the call ends with deadline_exceeded.",
                "schema": {"type": "string", "pattern": "^[0-9]{1,10}$"}}},
        "responses": {
            "Status401": error_answer("unauthenticated: there is no token, or it opens nothing."),
            "Status403": error_answer("permission_denied: the user's role may not do this."),
            "Status429": busy,
            "Error": error_answer("What went wrong; the status goes with the code.")},
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer",
                       "description": "A user's token, as `daftar user add` prints it."}}}


def version():
    text = (ROOT.parent / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"project\([^)]*?VERSION ([0-9.]+)", text).group(1)


def document():
    paths, schemas, tags = {}, {}, []
    for file in descriptors().file:
        said = comments(file)
        for number, message in enumerate(file.message_type):
            schemas[message.name] = message_schema(message, (4, number), said)
        for number, enum in enumerate(file.enum_type):
            schemas[enum.name] = enum_schema(enum, (5, number), said)
        if file.name == PARTNERS_ONLY:
            continue
        for number, service in enumerate(file.service):
            about = said.get((6, number)) or said.get((12,), "")
            tags.append(described({"name": service.name}, about))
            for place, method in enumerate(service.method):
                paths[f"/{file.package}.{service.name}/{method.name}"] = {
                    "post": operation(service, method, said.get((6, number, 2, place), ""))}
    if "Error" in schemas:
        sys.exit("openapi.py: a message is called Error, as the one of the Connect protocol is here")
    names = reached(paths, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Daftar", "version": version(), "description": ABOUT},
        "servers": [{"url": "http://127.0.0.1:18481",
                     "description": "The node's `http.listen`, on the same machine."}],
        "security": [{"bearer": []}],
        "tags": tags,
        "paths": paths,
        "components": components({name: schema for name, schema in sorted(schemas.items())
                                  if name in names}),
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    print(json.dumps(document(), ensure_ascii=False, indent=1))
