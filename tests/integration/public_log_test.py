#!/usr/bin/env python3
"""The log as static tiles over HTTP: on its own address nothing else, nothing that the head does not
cover, never a body of an entry; and the tree that the tiles give is the checkpoint's."""
import base64
import hashlib
import http.client
import struct
import urllib.parse

from daemon import expect, expect_equal, expect_in, run, step

PHONES = [f"0812-3456-78{n:02}" for n in range(4)]
IMMUTABLE = "public, max-age=31536000, immutable"


def ask(port, path, method="GET", body=None):
    """(status, headers in small letters, body)"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=body)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read()
    finally:
        connection.close()


def root_of(hashes):
    """RFC 6962 section 2.1, from leaf hashes."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:])).digest()


def entries_in(bundle):
    while bundle:
        length, = struct.unpack(">H", bundle[:2])
        yield bundle[2:2 + length]
        bundle = bundle[2 + length:]


def a_public_log(circle):
    log_port = circle.ports.take()
    a = circle.node("A", init=("--log-listen", f"127.0.0.1:{log_port}"))
    b = circle.node("B")
    circle.pair(a, b)
    incidents = [a.report(phone) for phone in PHONES]
    for incident in incidents:
        a.published(incident)
    ports = (log_port, a.http_port)
    expect_equal(a.status()["log_address"], f"127.0.0.1:{log_port}", "where A's log is served")
    expect_equal(b.status()["log_address"], None, "where B's log is served")

    step("the tiles give the root of the checkpoint, and the bundles the tiles")
    for port in ports:
        status, headers, note = ask(port, "/log/checkpoint")
        expect_equal(status, 200, "status of the checkpoint")
        expect_equal(headers["content-type"], "text/plain; charset=utf-8", "type of the checkpoint")
        expect_equal(headers["cache-control"], "no-cache", "caching of the checkpoint")
        origin, size, root = note.decode().splitlines()[:3]
        size = int(size)
        expect_equal(origin, a.origin, "origin in the checkpoint")
        expect(size >= 2 + len(PHONES), f"KEYS, CHARTER and what was published: {size}")
        status, headers, tile = ask(port, f"/log/tile/0/000.p/{size}")
        expect_equal(status, 200, "status of a tile")
        expect_equal(headers["content-type"], "application/octet-stream", "type of a tile")
        expect_equal(headers["cache-control"], IMMUTABLE, "caching of a tile")
        hashes = [tile[at:at + 32] for at in range(0, len(tile), 32)]
        expect_equal(len(hashes), size, "hashes in the tile")
        expect_equal(base64.b64encode(root_of(hashes)).decode(), root, "root of the tile's hashes")
        status, headers, bundle = ask(port, f"/log/tile/entries/000.p/{size}")
        expect_equal(status, 200, "status of a bundle")
        expect_equal(headers["cache-control"], IMMUTABLE, "caching of a bundle")
        entries = list(entries_in(bundle))
        expect_equal([hashlib.sha256(b"\x00" + entry).digest() for entry in entries], hashes,
                     "leaf hashes of the bundle's entries")

    step("an entry is its header and its signature, and nothing of its body")
    for entry in entries:
        expect_equal(len(entry), 67 + len(a.origin) + 64, "bytes of an entry")

    step("a HEAD has the length and no body")
    status, headers, body = ask(log_port, f"/log/tile/0/000.p/{size}", method="HEAD")
    expect_equal((status, headers["content-length"], body), (200, str(32 * size), b""), "a HEAD")

    step("what the head does not cover, and every other way to write a path, is not there")
    for path in (f"/log/tile/0/000.p/{size + 1}", "/log/tile/0/000", "/log/tile/entries/000",
                 "/log/tile/0/001.p/1", "/log/tile/1/000.p/1", f"/log/tile/0/000.p/0{size}",
                 f"/log/tile/00/000.p/{size}", f"/log/tile/0/0.p/{size}",
                 f"/log/tile/0/x000/000.p/{size}", "/log/tile/0/000.p/0", "/log/tile/0/000.p/256",
                 "/log/", "/log", "/log/checkpoint/", "/log/..%2flivez", "/log/../livez",
                 "/log/tile/0/" + urllib.parse.quote("../000")):
        expect_equal(ask(log_port, path)[0], 404, f"status of {path}")

    step("the log's own address answers nothing else")
    for path in ("/", "/livez", "/readyz", "/metrics", "/log/../metrics"):
        expect_equal(ask(log_port, path)[0], 404, f"status of {path} on the log's address")
    for path in ("/livez", "/readyz", "/metrics"):
        expect_equal(ask(a.http_port, path)[0], 200, f"status of {path} on the health address")
    status, headers, _ = ask(log_port, "/log/checkpoint", method="DELETE")
    expect_equal((status, headers["allow"]), (405, "GET, HEAD"), "a DELETE")
    expect_equal(ask(log_port, "/log/add-checkpoint", "POST", b"x" * (65 << 10))[0], 413,
                 "status of a body that is too large")

    step("a node without an address for its log says nothing there, and serves it beside health")
    expect_equal(ask(b.http_port, "/log/checkpoint")[0], 200, "B's checkpoint")
    expect_in("# listen", (b.directory / "config.toml").read_text(), "B's configuration")

    step("after a restart it is the same log")
    a.restart()
    status, _, again = ask(log_port, f"/log/tile/0/000.p/{size}")
    expect_equal((status, again), (200, tile), "the tile after a restart")


if __name__ == "__main__":
    run(a_public_log)
