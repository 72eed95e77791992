#!/usr/bin/env python3
"""Strangers at a node's two ports: the node refuses, goes on, and says nothing about anybody."""
import os
import random
import re
import socket
import subprocess

import http2
from daemon import ACCEPT, expect, expect_equal, expect_in, run, step, until

EVALUATE = b"/daftar.v1.PartnerService/Evaluate"
FOLLOW = b"/daftar.v1.PartnerService/Follow"
PAIR = b"/daftar.v1.PairingService/Pair"
PHONE = "0812-3456-7890"
CLIENT_HELLO_PART = bytes.fromhex("16030102000100 01fc0303".replace(" ", "")) + b"\x5a" * 40


class Watch:
    """Sees that node A serves its partner B, its own shop and its health page, again and again."""

    def __init__(self, a, b):
        self.a, self.b, self.asked = a, b, 0

    def still_serves(self, after):
        self.asked += 1
        expect(self.a.running(), f"A ended after {after}")
        # A number never asked about, so that B has to ask A.
        row = until(lambda: self._row_if_answered(), 30, f"A answers its partner after {after}")
        expect_equal(row["state"], "answered", f"A's state at B after {after}")
        expect_equal(self.a.status()["problems"], [], f"problems of A after {after}")
        expect_equal(http(self.a, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")[0], 200,
                     f"/livez after {after}")

    def _row_if_answered(self):
        self.asked += 1
        row = self.b.partner_state(f"0813-7777-{self.asked:04}", self.a.origin)
        return row if row["state"] == "answered" else None


def http(node, request, seconds=30):
    """Sends bytes to the health port; (status, body), with status None without an answer."""
    with socket.create_connection(("127.0.0.1", node.http_port), timeout=seconds) as connection:
        answer = b""
        try:
            connection.sendall(request)
            while b"\r\n\r\n" not in answer:
                data = connection.recv(65536)
                if not data:
                    break
                answer += data
        except (ConnectionError, TimeoutError):
            pass
        match = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
        return (int(match[1]) if match else None), answer.partition(b"\r\n\r\n")[2]


def nothing_personal(nodes):
    for node in nodes:
        text = node.log_text()
        for form in ("081234567890", "6281234567890", "0812-3456", "81234567890", "+62*",
                     "0813-7777", "628137777"):
            expect(form not in text, f"the log of {node.letter} holds a number: {form}")


def garbage_on_the_partner_port(circle):
    a, b = circle.node("A"), circle.node("B")
    circle.pair(a, b)
    a.report(PHONE)
    watch = Watch(a, b)
    watch.still_serves("nothing yet")
    seed = int.from_bytes(os.urandom(4), "big")
    print(f"   seed {seed}")
    noise = random.Random(seed)
    pieces = {
        "zeros": b"\x00" * 100000,
        "an HTTP request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "HTTP/2 without TLS": http2.PREFACE + http2.frame(http2.SETTINGS, 0, 0, b""),
        "half a client hello": CLIENT_HELLO_PART,
        "a huge TLS record": b"\x16\x03\x01\xff\xff" + b"\x01" * 65535,
        "a TLS alert": b"\x15\x03\x03\x00\x02\x02\x28",
        "nothing": b"",
    }
    for number in range(10):
        pieces[f"noise {number}"] = noise.randbytes(noise.randrange(1, 50000))
    for name, piece in pieces.items():
        with socket.create_connection(("127.0.0.1", a.peer_port), timeout=10) as connection:
            try:
                connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except TimeoutError:
                expect(False, f"A keeps a connection open that sent {name} and ended")
            except OSError:
                pass  # reset, or closed by A before this side could end its half (ENOTCONN)
    watch.still_serves("garbage")

    step("half handshakes that stay open")
    held = []
    for number in range(60):
        held.append(socket.create_connection(("127.0.0.1", a.peer_port), timeout=60))
        held[-1].sendall(CLIENT_HELLO_PART[:number])
    watch.still_serves("60 half handshakes")
    # The node ends them by itself: its limit is 10 s.
    for connection in held:
        try:
            expect_equal(connection.recv(100), b"", "what a half handshake is answered with")
        except ConnectionError:
            pass
        connection.close()
    watch.still_serves("the end of the half handshakes")
    nothing_personal((a, b))


def tls_that_is_not_good_enough(circle):
    a, b = circle.node("A"), circle.node("B")
    circle.pair(a, b)
    watch = Watch(a, b)
    stranger = http2.own_certificate(circle.folder, "stranger")

    def s_client(*arguments):
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{a.peer_port}", "-cert", stranger[0],
             "-key", stranger[1], "-alpn", "h2", *arguments], input=b"", capture_output=True,
            timeout=60, check=False)
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")
    code, said = s_client("-tls1_3")
    expect_in("TLSv1.3", said, "TLS 1.3, so that the refusals below mean something")
    for version in ("-tls1_2", "-tls1_1"):
        code, said = s_client(version)
        expect(code != 0 and "Cipher is (NONE)" in said, f"{version} was not refused: {said}")
    watch.still_serves("older TLS")


def a_certificate_that_nobody_pinned(circle):
    stranger = http2.own_certificate(circle.folder, "stranger")
    step("a node that has invited nobody ends the connection")
    lone = circle.node("L")
    with http2.Connection(lone.peer_port, stranger) as connection:
        try:
            connection.begin()
            expect_equal(connection.call(EVALUATE, b""), None, "status of a stranger's call")
        except OSError:
            pass
    try:
        with http2.Connection(lone.peer_port, None) as connection:
            connection.begin()
            expect_equal(connection.call(EVALUATE, b""), None, "status without a certificate")
    except OSError:
        pass

    step("while an invite is open it reaches nothing but pairing")
    a, b = circle.node("A"), circle.node("B")
    circle.pair(a, b)
    watch = Watch(a, b)
    circle.invite(a)
    calls = {
        (EVALUATE, b"\x08\x01\x12\x20" + b"\x01" * 32): http2.UNAUTHENTICATED,
        (FOLLOW, b"\x08\x00"): http2.UNAUTHENTICATED,
        (b"/daftar.v1.NodeService/GetStatus", b""): http2.UNIMPLEMENTED,
        (b"/daftar.v1.ShopService/Check", b""): http2.UNIMPLEMENTED,
        (b"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", b""):
            http2.UNIMPLEMENTED,
        (b"/grpc.health.v1.Health/Check", b""): http2.UNIMPLEMENTED,
        (PAIR, b""): http2.INVALID_ARGUMENT,
        (PAIR, b"\xff" * 100): None,  # no message at all: any status but OK
        (PAIR, b"\x0a\x10" + b"\x07" * 16 + b"\x12\x00"): None,
    }
    for number, ((method, body), wanted) in enumerate(calls.items()):
        with http2.Connection(a.peer_port, stranger) as connection:
            connection.begin()
            status = connection.call(method, body)
        if wanted is None:
            expect(status not in (None, http2.OK), f"{method} with {body[:20]}: status {status}")
        else:
            expect_equal(status, wanted, f"status of {method}")
    expect_equal([row["origin"] for row in a.ask("partner", "list")["partners"]], [b.origin],
                 "partners of A after a stranger's calls")

    step("frames and messages beyond every bound")
    oversize = {
        "a frame of 16 MiB": http2.frame(http2.DATA, 0, 1, b"\x00" * 60000, length=(1 << 24) - 1),
        "headers of 1 MiB": b"".join(
            [http2.frame(http2.HEADERS, 0, 1, b"\x00" * 16384)]
            + [http2.frame(9, 0, 1, b"\x00" * 16384)] * 64),
        "a frame of no known stream": http2.frame(http2.DATA, 0, 77, b"x" * 100),
        "10,000 settings": http2.frame(http2.SETTINGS, 0, 0, b"\x00\x04\x00\x00\xff\xff") * 10000,
        "noise": random.Random(7).randbytes(100000),
    }
    for name, data in oversize.items():
        with http2.Connection(a.peer_port, stranger) as connection:
            connection.begin()
            connection.send(data)
        watch.still_serves(name)
    with http2.Connection(a.peer_port, stranger) as connection:
        connection.begin()
        status = connection.call(PAIR, b"\x0a\x10" + b"\x07" * 16, more=(
            (b"x-padding", b"p" * 40000),))
        expect(status not in (http2.OK, http2.UNAUTHENTICATED),
               f"metadata of 40 kB must be refused before the call is looked at: {status}")
    with http2.Connection(a.peer_port, stranger) as connection:
        connection.begin()
        expect_equal(connection.call(PAIR, b"x" * (5 << 20)), http2.RESOURCE_EXHAUSTED,
                     "status of a message of 5 MiB")
    watch.still_serves("messages beyond every bound")
    nothing_personal((a, b, lone))


def the_health_port(circle):
    a, b = circle.node("A"), circle.node("B")
    circle.pair(a, b)
    watch = Watch(a, b)
    get = b"GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n"
    expect_equal(http(a, get % (b"/readyz", b"")), (200, b"ready\n"), "/readyz")
    # Metrics are for this machine: not for a page whose own name was made to lead here.
    expect_equal(http(a, get % (b"/metrics", b""))[0], 403, "/metrics under another name")
    expect_equal(http(a, b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n"
                      % a.http_port)[0], 200, "/metrics")
    for request, wanted in {
            b"\x00\xff" * 5000: {400},
            b"NONSENSE\r\n\r\n": {400},
            b"\x16\x03\x01" + b"\x01" * 1000 + b"\r\n\r\n": {400},
            get % (b"/livez", b"X: " + b"y" * 100000 + b"\r\n"): {400, 431, None},
            get % (b"/" + b"z" * 100000, b""): {400, 414, 431, None},
            get % (b"/nowhere", b""): {404},
            get % (b"/../../etc/passwd", b""): {404},
            b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc": {405},
            b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n": {413},
            b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n": {400},
            b"POST /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"10000\r\n" + b"c" * 65536 + b"\r\n" * 1 + b"10000\r\n" + b"c" * 65536: {413, None},
    }.items():
        status, _ = http(a, request)
        expect(status in wanted, f"{request[:60]!r} was answered {status}, not {wanted}")
    watch.still_serves("garbage on the health port")

    step("half requests")
    held = []
    for _ in range(100):
        held.append(socket.create_connection(("127.0.0.1", a.http_port), timeout=60))
        held[-1].sendall(b"GET /livez HTTP/1.1\r\nHo")
    watch.still_serves("100 half requests")
    # The node lets go of them by itself: its limit is 15 s.
    for connection in held:
        try:
            while connection.recv(1000):
                pass
        except ConnectionError:
            pass
        connection.close()
    watch.still_serves("the end of 100 half requests")
    expect_equal(b.check(PHONE).code, ACCEPT, "a check")
    nothing_personal((a, b))


run(garbage_on_the_partner_port, tls_that_is_not_good_enough, a_certificate_that_nobody_pinned,
    the_health_port)
