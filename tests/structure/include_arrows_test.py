#!/usr/bin/env python3
"""Refuses an include that the house does not have (DESIGN section 3, docs/architecture.md).

    include_arrows_test.py ROOT         checks the sources below ROOT
    include_arrows_test.py --self-test  plants faults in small trees and expects each to be refused

Three rules. Arrows between rooms run one way, as ARROWS says. A library that stands behind one room
(libsodium, RocksDB, gRPC) is seen nowhere else, as LIBRARIES says. Every source is listed in a
CMakeLists.txt: one that is not listed is neither built nor tested.
"""
import pathlib
import re
import sys
import tempfile

from includes import includes_of, sources

PRODUCT = ("crypto", "storage", "proto", "node", "web", "cli")

# Room -> rooms whose headers it may include besides its own.
ARROWS = {
    "crypto": set(),
    "proto": set(),
    "storage": {"crypto"},
    "node/identity": {"crypto"},
    "node/evidence": {"crypto", "node/identity"},
    "node/decision": {"crypto", "node/identity", "node/evidence"},
    "node/audit": {"crypto", "node/identity", "node/evidence"},
}
# These link no RocksDB.
_VALUES = {"crypto", "node/identity", "node/evidence", "node/decision", "node/audit"}
ARROWS["node/book"] = _VALUES | {"storage"}
ARROWS["node/ledger"] = ARROWS["node/book"] | {"node/book"}
ARROWS["node/partners"] = _VALUES | {"storage"}
ARROWS["node/check"] = ARROWS["node/ledger"] | {"node/ledger", "node/partners"}
ARROWS["node/subject"] = ARROWS["node/check"] | {"node/check"}
ARROWS["node"] = ARROWS["node/subject"] | {"node/subject"}  # the top level: the rooms put together
ARROWS["node/service"] = ARROWS["node"] | {"node", "proto"}
ARROWS["web"] = {"node/service"}
ARROWS["cli"] = _VALUES | {"proto"}

# What is included -> (pattern of sources that may, in words).
LIBRARIES = (
    (r"sodium(/.*)?\.h$|sodium/|openssl/", r"crypto/[^/]+\.cc$", "crypto/*.cc"),
    (r"rocksdb/", r"storage/[^/]+\.cc$", "storage/*.cc"),
    (r"grpc(pp|\+\+)?/|.*\.grpc\.pb\.h$", r"node/service/|node/main\.cc$|cli/",
     "node/service, node/main.cc and cli"),
    (r"curl/", r"cli/[^/]+\.cc$", "cli/*.cc"),
    (r"google/protobuf/|.*\.pb\.h$", r"node/service/|cli/", "node/service and cli"),
)


def room_of(path):
    """'crypto', 'node/ledger', 'node' (its top level)... or None outside the product."""
    parts = pathlib.PurePosixPath(path).parts
    if not parts or parts[0] not in PRODUCT:
        return None
    return "/".join(parts[:2]) if parts[0] == "node" and len(parts) > 2 else parts[0]


def allowed_rooms(source):
    room = room_of(source)
    if room == "node" and source.suffix == ".cc":  # the daemon; no header may, or there is a cycle
        return ARROWS[room] | {"node/service", "web"}
    return ARROWS[room]


def target_room(root, source, name, quoted):
    """The room an include leads to; None when it leads out of the project."""
    if (root / name).is_file():
        return room_of(name)
    if name.endswith(".pb.h") and name.startswith("daftar/"):
        return "proto"
    if quoted and (root / source.parent / name).is_file():
        return "relative"
    # A file that is not there (yet) still names its room: the arrow is wrong all the same.
    return room_of(name) if quoted else None


def check_source(root, source):
    room = room_of(source)
    if room not in ARROWS:
        return [f"{source}: '{room}' is a room that the house does not have"]
    faults = []
    text = (root / source).read_text(encoding="utf-8")
    for line, name, quoted in includes_of(text):
        where = f"{source}:{line}: {name}"
        target = target_room(root, source, name, quoted)
        if target == "relative":
            faults.append(f"{where}: write the path from the project's root")
        elif target is not None and target != room and target not in allowed_rooms(source):
            allowed = ", ".join(sorted(allowed_rooms(source))) or "no other room"
            faults.append(f"{where}: {room} must not include {target}; it may include {allowed}")
        for library, readers, words in LIBRARIES:
            if re.match(library, name) and not re.match(readers, source.as_posix()):
                faults.append(f"{where}: only {words} may include it")
    return faults


def lists(root, folder, pattern="CMakeLists.txt"):
    """The words of the CMake files in `folder`, comments left out; None when there is none."""
    texts = [p.read_text(encoding="utf-8") for p in sorted((root / folder).glob(pattern))]
    if not texts:
        return None
    return set(re.findall(r"[^\s()\"]+", re.sub(r"#.*", "", "\n".join(texts))))


def check_listed(root, source):
    """A source is named by the nearest CMakeLists.txt at or above it, relative to that file."""
    folder = source.parent
    if folder.as_posix() in ("tests/fuzz", "tests/bench"):  # listed by target name, see daftar_fuzz
        words, name = lists(root, folder, "*.cmake") or set(), source.stem
        if source.name == "main.cc":
            return []
    else:
        while (words := lists(root, folder)) is None and folder != pathlib.Path("."):
            folder = folder.parent
        name = source.relative_to(folder).as_posix()
    if name in (words or set()):
        return []
    return [f"{source}: not listed in {folder}'s CMake file, so it is neither built nor tested"]


def check(root):
    faults = []
    for folder in PRODUCT:
        for source in sources(root, folder):
            faults += check_source(root, source)
            faults += check_listed(root, source)
    for source in sources(root, "tests"):
        if source.suffix == ".cc":  # headers of tests belong to whoever includes them
            faults += check_listed(root, source)
    return faults


# Path -> content of a small tree without a fault.
GOOD = {
    "crypto/CMakeLists.txt": "daftar_library(NAME crypto SOURCES a.cc HEADERS a.h)",
    "crypto/a.h": "#include <vector>\n",
    "crypto/a.cc": '#include "crypto/a.h"\n#include <sodium.h>\n#include <openssl/evp.h>\n',
    "storage/CMakeLists.txt": "daftar_library(NAME storage SOURCES s.cc HEADERS s.h)",
    "storage/s.h": '#include "crypto/a.h"\n#include "absl/status/status.h"\n',
    "storage/s.cc": '#include "storage/s.h"\n#include <rocksdb/db.h>\n',
    "node/CMakeLists.txt": "add_executable(daftard main.cc node.h)",
    "node/node.h": '#include "node/ledger/l.h"\n',
    "node/main.cc": '#include "node/node.h"\n#include "node/service/v.h"\n#include "storage/s.h"\n#include <grpcpp/g.h>\n',
    "node/ledger/CMakeLists.txt": "daftar_library(NAME node_ledger HEADERS l.h)",
    "node/ledger/l.h": '#include "node/decision/d.h"\n#include "storage/s.h"\n',
    "node/decision/CMakeLists.txt": "daftar_library(NAME node_decision HEADERS d.h)",
    "node/decision/d.h": '#include "crypto/a.h"\n',
    "node/service/CMakeLists.txt": "daftar_library(NAME node_service HEADERS v.h)",
    "node/service/v.h": '#include "daftar/v1/x.pb.h"\n#include "node/node.h"\n',
    "cli/CMakeLists.txt": "add_executable(daftar main.cc)",
    "cli/main.cc": '#include "daftar/v1/x.grpc.pb.h"\n#include "node/decision/d.h"\n',
    "tests/crypto/CMakeLists.txt": "daftar_test(a_test SOURCES a_test.cc)",
    "tests/crypto/a_test.cc": '#include "crypto/a.h"\n#include <sodium.h>\n',
    "tests/fuzz/fuzz.cmake": "daftar_fuzz(fuzz_a LIBRARIES daftar::crypto)",
    "tests/fuzz/fuzz_a.cc": '#include "crypto/a.h"\n',
}

# (path, content, a part of the message that must come): each is planted alone in a good tree.
PLANTED = (
    ("crypto/a.h", '#include "storage/s.h"\n', "crypto must not include storage"),
    ("crypto/a.h", '  #  include "storage/s.h"\n', "crypto must not include storage"),
    ("crypto/a.h", '#include <storage/s.h>\n', "crypto must not include storage"),
    ("crypto/a.h", '#include "node/decision/d.h"\n', "crypto must not include node/decision"),
    ("crypto/a.h", '#include "a.h"\n', "from the project's root"),
    ("crypto/a.h", '#include "../storage/s.h"\n', "from the project's root"),
    ("crypto/a.h", "#include <sodium.h>\n", "only crypto/*.cc"),
    ("crypto/a.h", "#include <sodium/core.h>\n", "only crypto/*.cc"),
    ("crypto/a.h", "#include <openssl/evp.h>\n", "only crypto/*.cc"),
    ("storage/s.cc", "#include <sodium.h>\n", "only crypto/*.cc"),
    ("storage/s.h", "#include <rocksdb/db.h>\n", "only storage/*.cc"),
    ("storage/s.h", '#include "node/ledger/l.h"\n', "storage must not include node/ledger"),
    ("node/ledger/l.h", '#include "rocksdb/db.h"\n', "only storage/*.cc"),
    ("node/ledger/l.h", '#include "daftar/v1/x.pb.h"\n', "node/ledger must not include proto"),
    ("node/ledger/l.h", "#include <google/protobuf/message.h>\n", "only node/service and cli"),
    ("node/ledger/l.h", "#include <grpcpp/grpcpp.h>\n", "only node/service, node/main.cc"),
    ("node/ledger/l.h", '#include "node/service/v.h"\n', "must not include node/service"),
    ("node/ledger/l.h", '#include "node/partners/p.h"\n', "must not include node/partners"),
    ("node/ledger/l.h", '#include "node/config.h"\n', "node/ledger must not include node;"),
    ("node/decision/d.h", '#include "storage/s.h"\n', "node/decision must not include storage"),
    ("node/decision/d.h", '#include "node/ledger/l.h"\n', "must not include node/ledger"),
    ("node/service/v.h", "#include <openssl/ssl.h>\n", "only crypto/*.cc"),
    ("node/node.h", '#include "node/service/v.h"\n', "node must not include node/service"),
    ("node/node.h", '#include "daftar/v1/x.pb.h"\n', "node must not include proto"),
    ("node/service/v.h", '#include "cli/c.h"\n', "node/service must not include cli"),
    ("node/main.cc", '#include "daftar/v1/x.pb.h"\n', "only node/service and cli"),
    ("node/main.cc", "#include <rocksdb/db.h>\n", "only storage/*.cc"),
    ("cli/main.cc", '#include "storage/s.h"\n', "cli must not include storage"),
    ("cli/main.cc", '#include "node/ledger/l.h"\n', "cli must not include node/ledger"),
    ("cli/main.cc", '#include "node/service/v.h"\n', "cli must not include node/service"),
    ("cli/main.cc", '#include "node/config.h"\n', "cli must not include node;"),
    ("node/cellar/c.h", "", "a room that the house does not have"),
    ("crypto/b.cc", "", "not listed"),
    ("crypto/b.h", "", "not listed"),
    ("crypto/CMakeLists.txt", "# a.cc\nHEADERS a.h", "crypto/a.cc: not listed"),
    ("crypto/CMakeLists.txt", "SOURCES aa.cc HEADERS a.h", "crypto/a.cc: not listed"),
    ("node/loose.cc", "", "not listed"),
    ("tests/crypto/b_test.cc", "", "not listed"),
    ("tests/fuzz/fuzz_b.cc", "", "not listed"),
)


def tree_faults(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return check(root)


def self_test():
    wrong = [f"the good tree is refused: {fault}" for fault in tree_faults(GOOD)]
    for path, content, expected in PLANTED:
        faults = tree_faults({**GOOD, path: content})
        if not any(expected in fault for fault in faults):
            wrong.append(f"{path} with {content!r}: expected '{expected}', got {faults}")
    print(f"{len(PLANTED)} planted faults, {len(wrong)} wrong answers")
    return wrong


def main(arguments):
    if arguments == ["--self-test"]:
        faults = self_test()
    elif len(arguments) == 1:
        root = pathlib.Path(arguments[0])
        faults = check(root)
        for folder in ("crypto", "storage", "node", "cli", "tests"):
            if not sources(root, folder):
                faults.append(f"{folder}: no sources there; is this the project's root?")
        print(f"{sum(len(sources(root, f)) for f in PRODUCT)} sources, {len(faults)} faults")
    else:
        print(__doc__, file=sys.stderr)
        return 64
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
