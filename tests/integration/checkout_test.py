#!/usr/bin/env python3
"""The example at checkout, run as a shop runs it: with a node, and with one that is killed, stopped,
slow, or not a node at all. Every order comes through in time, and says whether it was checked.
"""
import base64
import datetime
import hashlib
import hmac
import http.client
import importlib.util
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading

from daemon import SOURCE, Failure, expect, expect_equal, run, step, until

PROGRAM = SOURCE / "examples" / "checkout" / "checkout.py"
SECRET = "a secret of the webhook"
PHONE, EMAIL = "0812-3456-7890", "ibu.sari@mail.example"
PERSONAL = ("3456", "0812", "ibu.sari", "mail.example")
WAIT_MS = 300  # the example's own bound
SCHEDULING_MS = 1500  # by which a busy machine may wake it late; what lies here lies for far longer
ANSWER_SECONDS = 60  # for the example to answer at all
LIES_SECONDS = 30  # how long a lying server keeps a connection busy
ACCEPT = {"effect": "EFFECT_ACCEPT", "because": "Nothing is known.", "receipt": "ab" * 16}


class Example:
    """The example as a process; `post` sends it a webhook."""

    def __init__(self, circle, url, token="a-token", authority=None):
        self.said = circle.folder / f"example-{len(circle.others)}.log"
        environment = {"PATH": os.environ["PATH"], "DAFTAR_URL": url, "DAFTAR_TOKEN": token,
                       "WEBHOOK_SECRET": SECRET, "LISTEN": "127.0.0.1:0"}
        if authority:
            environment["DAFTAR_CA"] = str(authority)
        with open(self.said, "wb") as log:
            self.process = subprocess.Popen([sys.executable, "-B", str(PROGRAM)], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        circle.others.append(self)

        def look():
            expect(self.process.poll() is None, f"the example ended: {self.text()}")
            words = self.text().split()
            return words[2] if words[:2] == ["listening", "on"] and "\n" in self.text() else None
        self.port = int(until(look, 30, "the example listens").rpartition(":")[2])

    def text(self):
        return self.said.read_text(errors="replace")

    def post(self, path, body, signature=None):
        """(status, answer)"""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if signature is None:
            digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
            signature = base64.b64encode(digest).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json",
                                                    "X-WC-Webhook-Signature": signature})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def offer(self, order):
        """What /checkout makes of the order, which it must answer in time."""
        status, made = self.post("/checkout", order)
        expect_equal(status, 200, f"status of an order: {made}")
        expect(made.get("waited_ms", 0) <= WAIT_MS + SCHEDULING_MS, f"waited too long: {made}")
        return made

    def unchecked(self, order, why, what):
        made = self.offer(order)
        expect_equal((made["offer"], made["mark"], made["checked"], made["why"] in why),
                     ("as-asked", "not checked", False, True), f"{what}: {made}")

    def says_nothing_personal(self):
        for part in PERSONAL:
            expect(part not in self.text(), f"{part!r} stands in the example's log: {self.text()}")

    def clean_up(self):
        self.process.kill()
        self.process.wait()


class Liar:
    """A server that does the same to every connection, which it gives to `lie(socket, request)`."""

    def __init__(self, circle, lie, tls=None):
        self.lie, self.tls, self.requests = lie, tls, []
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()
        circle.others.append(self)

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.settimeout(LIES_SECONDS)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            request = connection.recv(65536)
            self.requests.append(request)
            self.lie(self, connection)
        except OSError:  # the example hung up
            pass
        finally:
            connection.close()

    def clean_up(self):
        self.over.set()
        self._listener.close()


def response(body, status="200 OK", kind="application/json", more=""):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
            "\r\n").encode() + body


def says(data):
    return lambda _, connection: connection.sendall(data)


def silent(liar, _):
    liar.over.wait(LIES_SECONDS)


def drips(data):
    """One byte each 100 ms, which keeps every single read short."""
    def lie(liar, connection):
        for byte in data:
            connection.sendall(bytes([byte]))
            if liar.over.wait(0.1):
                return
    return lie


def endless(liar, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    for number in range(10_000_000):
        connection.sendall(b"X-More-%d: more\r\n" % number)
        if liar.over.is_set():
            return


def order(number=17, **more):
    made = {"id": number, "number": str(number), "status": "processing", "currency": "IDR",
            "total": "4500000.00", "payment_method": "cod", "date_created": "2026-10-01T09:30:00",
            "date_modified": "2026-10-02T09:30:00", "date_paid": None, "meta_data": [],
            "billing": {"first_name": "Sari", "phone": PHONE, "email": EMAIL}}
    made.update(more)
    return made


def test_order(word, number):
    """One that the node's test mode answers: accept, slow, ..."""
    return order(number, billing={"email": f"{word}@test.daftar.invalid"})


def amounts(_):
    step("totals become minor units exactly, or are refused")
    spec = importlib.util.spec_from_file_location("checkout", PROGRAM)
    checkout = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(checkout)
    for total, currency, minor in (("150000.00", "IDR", "15000000"), ("150000", "IDR", "15000000"),
                                   ("0.1", "USD", "10"), ("1.23", "MYR", "123"),
                                   ("500", "JPY", "500"), ("500.000", "VND", "500"),
                                   ("1.234", "KWD", "1234"), ("1E+5", "IDR", "10000000"),
                                   ("9999999999999.99", "IDR", "999999999999999")):
        expect_equal(checkout.money({"total": total, "currency": currency}),
                     {"minor": minor, "currency": currency}, f"{total} {currency}")
    for total in ("0", "-1", "1.005", "NaN", "sNaN", "Infinity", "1E+999999", "1E-999999", "",
                  "1,5", "10000000000000.01", 1.5, None):
        try:
            got = checkout.money({"total": total, "currency": "IDR"})
        except checkout.NOT_AN_ORDER:
            continue
        raise Failure(f"{total!r} became {got}")


def lies(circle):
    elsewhere = Liar(circle, says(response(ACCEPT)))
    location = f"Location: {elsewhere.url}/daftar.v1.ShopService/Check\r\n"
    deep = b"[" * 100_000
    unclear, late = {"not-understood"}, {"too-late"}
    for what, lie, why in (
            ("never answers", silent, late),
            ("drips its answer", drips(response(ACCEPT)), late),
            ("drips its body", lambda liar, end: (end.sendall(response(ACCEPT)[:-80]),
                                                  drips(response(ACCEPT)[-80:])(liar, end)), late),
            ("answers garbage", says(b"\x00\xff" * 500), unclear),
            ("hangs up", says(b""), {"unreachable", "not-understood"}),
            ("answers no JSON", says(response(b"{\"effect\": ")), unclear),
            ("answers another type", says(response(ACCEPT, kind="text/html")), unclear),
            ("answers a list", says(response([ACCEPT])), unclear),
            ("answers deep JSON", says(response(deep)), unclear),
            ("answers an unknown effect", says(response({"effect": "EFFECT_MAYBE"})), unclear),
            ("answers no effect", says(response({})), unclear),
            ("answers an effect that is no text", says(response({"effect": {}})), unclear),
            ("answers a receipt that is no text", says(response({**ACCEPT, "receipt": 5})),
             unclear),
            ("answers 10 MB", says(response(b" " * 10_000_000 + json.dumps(ACCEPT).encode())),
             {"not-understood", "too-late"}),
            ("answers headers without end", endless, {"not-understood", "too-late"}),
            ("redirects", says(response(ACCEPT, "307 Temporary Redirect", more=location)), unclear),
            ("answers 201", says(response(ACCEPT, "201 Created")), unclear),
            ("answers a proxy's error", says(response(b"<html>", "502 Bad Gateway", "text/html")),
             unclear),
            ("is busy", says(response({"code": "resource_exhausted"}, "429 Too Many Requests")),
             {"resource_exhausted"}),
            ("names no code", says(response({"code": PHONE}, "500 Oh")), unclear)):
        step(f"a node that {what}")
        liar = Liar(circle, lie)
        example = Example(circle, liar.url)
        example.unchecked(order(), why, f"a node that {what}")
        until(lambda: liar.requests, 30, "the example asked")  # pylint: disable=cell-var-from-loop
        example.says_nothing_personal()
        example.clean_up()
    expect_equal(elsewhere.requests, [], "a redirect was followed")

    step("TLS that never begins, that is none, and whose certificate nobody knows")
    certificate = circle.folder / "certificate.pem"
    key = circle.folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=node",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out",
                    str(certificate)], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    for lie, why in ((silent, late), (drips(b"\x16\x03\x03\x40\x00" + b"\x02" * 500), late),
                     (says(response(ACCEPT)), {"unreachable"})):
        plain = Liar(circle, lie)
        Example(circle, f"https://127.0.0.1:{plain.port}").unchecked(order(), why, "no TLS")
    honest = Liar(circle, says(response(ACCEPT)), tls=tls)
    Example(circle, honest.url).unchecked(order(), {"unreachable"}, "an unknown certificate")
    expect_equal(honest.requests, [], "the token went to whom nobody knows")

    step("the same answer from whom the shop knows is taken, and what was asked is right")
    made = Example(circle, honest.url, authority=certificate).offer(order())
    expect_equal((made["mark"], made["offer"], made["receipt"]),
                 ("checked", "as-asked", ACCEPT["receipt"]), "what was made of it")
    head, _, body = honest.requests[-1].partition(b"\r\n\r\n")
    asked = json.loads(body)
    asked.pop("requestId")
    expect_equal(asked, {"identifiers": [{"phone": PHONE}, {"email": EMAIL}], "terms": "TERMS_COD",
                         "amount": {"minor": "450000000", "currency": "IDR"}}, "what was asked")
    for part in (b"POST /daftar.v1.ShopService/Check HTTP/1.1\r\n", b"Bearer a-token\r\n",
                 b"Content-Type: application/json\r\n"):
        expect(part in head + b"\r\n", f"{part} is not in {head}")


def webhooks(circle):
    node = Liar(circle, says(response(ACCEPT)))
    example = Example(circle, node.url)

    step("what is not signed by the shop does nothing")
    for signature in ("", "AAAA", "é"):
        sent = signature.encode().decode("latin-1")
        expect_equal(example.post("/checkout", order(), sent)[0], 401,
                     f"status with the signature {signature!r}")
    expect_equal(example.post("/elsewhere", order())[0], 404, "status of another path")
    expect_equal(example.post("/checkout", b"webhook_id=3", "")[0], 200, "WooCommerce's trial")
    for body in (b"", b"{", b"[]", b"{}", b"null", b"[" * 100_000, {"id": "x"}):
        expect_equal(example.post("/order", body)[0], 400, f"status of {body[:20]!r}"
                     if isinstance(body, bytes) else "status of no order")
    expect_equal(node.requests, [], "what the node was asked")

    step("what is paid in advance is asked about by nobody, and an odd order goes through")
    expect_equal(example.offer(order(payment_method="bacs")),
                 {"offer": "as-asked", "mark": "paid in advance", "checked": False}, "a transfer")
    for odd in ({"total": "1.005"}, {"total": 5.0}, {"billing": None}, {"currency": []}):
        example.unchecked(order(**odd), {"order-not-understood"}, f"an order with {odd}")
    expect_equal(node.requests, [], "what the node was asked")

    step("a webhook that comes twice asks the same, a changed order asks anew")
    for made in (order(), order(), order(total="4600000.00")):
        expect_equal(example.offer(made)["mark"], "checked", "mark")
    ids = [json.loads(request.partition(b"\r\n\r\n")[2])["requestId"] for request in node.requests]
    expect_equal((ids[0] == ids[1], ids[0] == ids[2], {len(name) for name in ids}),
                 (True, False, {64}), f"request ids {ids}")
    example.says_nothing_personal()


def with_a_node(circle):
    node = circle.node("A", init=("--test-mode",))
    token = node.ask("user", "add", "shop", "--role", "staff")["token"]
    example = Example(circle, f"http://127.0.0.1:{node.http_port}", token)

    step("each answer of the node becomes an offer")
    for number, (word, offer) in enumerate((("accept", "as-asked"), ("deposit", "deposit"),
                                            ("prepay", "prepay"), ("review", "hold"),
                                            ("decline", "decline")), 100):
        made = example.offer(test_order(word, number))
        expect_equal((made["offer"], made["mark"], made.get("test")), (offer, "checked", True),
                     word)
    example.unchecked(test_order("slow", 110), {"too-late", "deadline_exceeded"}, "a slow answer")
    example.unchecked(test_order("error", 111), {"unavailable"}, "an error")
    made = example.offer(order(112))
    expect_equal((made["mark"], made.get("test")), ("checked", None), f"a real order: {made}")
    receipt = made["receipt"]

    step("a token that opens nothing, and one of another role")
    auditor = node.ask("user", "add", "auditor", "--role", "auditor")["token"]
    url = f"http://127.0.0.1:{node.http_port}"
    Example(circle, url, "no-such-token").unchecked(order(), {"unauthenticated"}, "a wrong token")
    Example(circle, url, auditor).unchecked(order(), {"permission_denied"}, "another role")

    step("how an order ended is told once, however often the webhook comes")
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    expect_equal(example.post("/order", order(112))[1]["why"], "nothing-to-report", "one that runs")
    done = order(112, status="completed", date_created=f"{today}T00:00", date_paid=f"{today}T01:00",
                 meta_data=[{"key": "daftar_receipt", "value": receipt}])
    for _ in range(2):
        expect_equal(example.post("/order", done), (200, {"reported": True, "outcome": "paid"}),
                     "what became of a report")
    shown = node.ask("order", "show", "112")
    expect_equal((shown["state"], shown["receipt"]), ("paid", receipt), "the order")
    late = order(113, status="completed", date_paid="2026-11-01T01:00:00")
    expect_equal(example.post("/order", late)[1]["outcome"], "late", "one paid after a month")
    expect_equal(node.ask("order", "show", "113")["state"], "late", "the late order")
    failed = order(114, status="failed")
    expect_equal(example.post("/order", failed)[1]["outcome"], "unpaid", "one that failed")
    expect_equal(node.ask("order", "show", "114")["state"], "given-up", "the failed order")
    rows = node.ask("order", "list")["orders"]
    expect_equal(sorted(row["invoice"] for row in rows), ["112", "113", "114"],
                 "orders of the book")

    step("a node that does not run on for a while")
    node.process.send_signal(signal.SIGSTOP)
    try:
        example.unchecked(test_order("accept", 120), {"too-late"}, "a stopped node")
    finally:
        node.process.send_signal(signal.SIGCONT)
    until(lambda: example.offer(test_order("accept", 120))["checked"], 60, "it is asked again")

    step("a node that is killed, and comes back")
    node.kill()
    example.unchecked(test_order("accept", 121), {"unreachable"}, "a killed node")
    last = order(122, status="failed")
    expect_equal(example.post("/order", last)[0], 503, "a report without node")
    node.start()
    until(lambda: example.offer(test_order("accept", 121))["checked"], 60, "it is asked again")
    expect_equal(example.post("/order", last)[0], 200, "the report again")

    step("no number or address stands in a log")
    example.says_nothing_personal()
    for part in PERSONAL:
        expect(part not in node.log_text(), f"{part!r} stands in the node's log")


if __name__ == "__main__":
    if sys.argv[1:] == ["--without-node"]:
        run(amounts, lies, webhooks)
    else:
        run(amounts, lies, webhooks, with_a_node)
