#!/usr/bin/env python3
"""Asks a Daftar node before a shop offers cash on delivery or credit, and tells it how orders ended.

A small HTTP service beside a web shop that speaks as WooCommerce's webhooks do. It needs Python 3.10
and nothing else. README.md says how to set it up; docs/integration.md explains what it does and why.

    POST /checkout   an order, before the buyer is offered how to pay: answers what to offer
    POST /order      an order that has changed: reports it to the node when it was paid or failed

However the node behaves, /checkout answers within WAIT_SECONDS, and an order that could not be
checked goes through, marked "not checked". No name, number or address is ever logged.
"""
import base64
import datetime
import decimal
import hashlib
import hmac
import http.client
import http.server
import io
import json
import os
import socket
import ssl
import sys
import time
import urllib.parse

WAIT_SECONDS = 0.300  # for a check, in all: connecting, TLS and the whole answer
REPORT_SECONDS = 10.0  # the same for a report; no buyer waits for it
CLIENT_SECONDS = 10.0  # for a request to arrive here
MAX_ANSWER_BYTES = 256 * 1024
MAX_ORDER_BYTES = 1024 * 1024
LATE_AFTER_DAYS = 10  # paid more days after it was due than these: late

# How the shop's payment methods sell, by WooCommerce's names. Others are paid in advance.
TERMS = {"cod": "TERMS_COD", "cheque": "TERMS_CREDIT", "invoice": "TERMS_CREDIT"}
# What to offer the buyer on each answer of the node.
OFFER = {
    "EFFECT_ACCEPT": "as-asked",
    "EFFECT_DEPOSIT": "deposit",
    "EFFECT_PREPAY": "prepay",
    "EFFECT_REVIEW": "hold",  # a person looks before anything is promised
    "EFFECT_DECLINE": "decline",
}
# Statuses of a WooCommerce order that say how it ended. Others are reported by nobody.
OUTCOME = {"completed": "paid", "failed": "unpaid"}
# ISO 4217: minor digits of currencies that have not two.
MINOR_DIGITS = {**dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
                                .split(), 0),
                **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)}


# What reading an order raises that is not as WooCommerce writes it.
NOT_AN_ORDER = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)


class NodeError(Exception):
    """The node did not give an answer that can be used; says why, in one word."""


class ReadUntil(io.RawIOBase):
    """Reads from a socket, and not a moment longer than the deadline, however slowly it drips."""

    def __init__(self, connection, deadline):
        super().__init__()
        self.connection, self.deadline = connection, deadline

    def readable(self):
        return True

    def readinto(self, buffer):
        self.connection.settimeout(left(self.deadline))
        return self.connection.recv_into(buffer)

    def makefile(self, *_):  # what http.client asks a socket for
        return io.BufferedReader(self)


def left(deadline):
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class Node:
    """The shop's node. Its name is looked up once, at the start: that could take any time."""

    def __init__(self, url, token, authority=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            sys.exit("DAFTAR_URL is to be like http://127.0.0.1:18481")
        self.host = parts.hostname
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        self.address = socket.getaddrinfo(self.host, port, type=socket.SOCK_STREAM)[0][4][:2]
        self.name = parts.netloc
        self.tls = ssl.create_default_context(cafile=authority) if parts.scheme == "https" else None
        self.token = token

    def call(self, method, request, deadline):
        """The node's answer as a dict. Raises NodeError, at the deadline at the latest."""
        try:
            status, kind, answer = self._post(method, json.dumps(request).encode(), deadline)
            if kind != "application/json" or len(answer) > MAX_ANSWER_BYTES:
                raise NodeError("not-understood")
            read = json.loads(answer)
        except NodeError:
            raise
        except TimeoutError:
            raise NodeError("too-late") from None
        except OSError:  # refused, cut off, or TLS that does not fit
            raise NodeError("unreachable") from None
        except Exception:  # whatever a broken answer may do to a parser
            raise NodeError("not-understood") from None
        if status != 200:  # a redirect too: the token goes nowhere else
            code = read.get("code") if isinstance(read, dict) else None
            known = isinstance(code, str) and len(code) < 30 and code.replace("_", "").isalpha()
            raise NodeError(code if known else "not-understood")
        if not isinstance(read, dict):
            raise NodeError("not-understood")
        return read

    def _post(self, method, body, deadline):
        with socket.create_connection(self.address, left(deadline)) as connection:
            if self.tls:
                connection.settimeout(left(deadline))
                connection = self.tls.wrap_socket(connection, server_hostname=self.host)
            with connection:
                head = (f"POST /daftar.v1.{method} HTTP/1.1\r\nHost: {self.name}\r\n"
                        f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
                        f"Connect-Protocol-Version: 1\r\n"
                        f"Connect-Timeout-Ms: {int(left(deadline) * 1000) + 1}\r\n"
                        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
                connection.settimeout(left(deadline))
                connection.sendall(head.encode("ascii") + body)
                response = http.client.HTTPResponse(ReadUntil(connection, deadline))
                response.begin()
                kind = response.getheader("Content-Type", "").split(";")[0].strip().lower()
                return response.status, kind, response.read(MAX_ANSWER_BYTES + 1)


def money(order):
    """The order's total in minor units, exactly: "150000.00" of IDR is 15000000."""
    total, currency = order["total"], order["currency"]
    if not isinstance(total, str):
        raise ValueError("a total is written as text: digits would be lost otherwise")
    minor = decimal.Decimal(total).scaleb(MINOR_DIGITS.get(currency, 2))
    if not minor.is_finite() or not 0 < minor <= 10**15 or minor != minor.to_integral_value():
        raise ValueError("no amount of this currency")
    return {"minor": str(int(minor)), "currency": currency}


def identifiers(order):
    billing = order["billing"]
    return [{kind: billing[kind]} for kind in ("phone", "email") if billing.get(kind)]


def meta(order, key):
    """A value that the shop keeps with the order."""
    for row in order.get("meta_data") or []:
        if row.get("key") == key and isinstance(row.get("value"), str):
            return row["value"]
    return ""


class Checkout:
    def __init__(self, node, secret):
        self.node, self.secret = node, secret

    def request_id(self, purpose, content):
        """The same for the same order, so that a webhook that comes twice does nothing twice; an
        order that was changed gets another. Keyed, so that it tells nobody a phone number."""
        text = json.dumps([purpose, content], sort_keys=True)
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()

    def check(self, order):
        """What to offer for the order."""
        made = {"offer": "as-asked", "mark": "not checked", "checked": False}
        began = time.monotonic()
        try:
            terms = TERMS.get(order["payment_method"])
            if terms is None:
                return {**made, "mark": "paid in advance"}
            request = {"identifiers": identifiers(order), "amount": money(order), "terms": terms}
            request["requestId"] = self.request_id("check", [order["id"], request])
            answer = self.node.call("ShopService/Check", request, began + WAIT_SECONDS)
            effect, receipt = answer.get("effect"), answer.get("receipt", "")
            if not isinstance(effect, str) or effect not in OFFER or not isinstance(receipt, str):
                raise NodeError("not-understood")
            made.update(offer=OFFER[effect], mark="checked", checked=True, receipt=receipt[:64])
            if answer.get("test") is True:
                made["test"] = True  # a made-up answer, to an identifier for trying things out
        except NodeError as error:
            made["why"] = str(error)
        except NOT_AN_ORDER:
            made["why"] = "order-not-understood"
        made["waited_ms"] = round((time.monotonic() - began) * 1000)
        return made

    def report(self, order):
        """Tells the node how the order ended, if it has."""
        outcome = OUTCOME.get(order["status"])
        terms = TERMS.get(order["payment_method"])
        if outcome is None or terms is None:
            return {"reported": False, "why": "nothing-to-report"}
        invoiced = order["date_created"][:10]
        due = meta(order, "due") or invoiced
        day = (order.get("date_paid") or order.get("date_modified") or "")[:10]
        if outcome == "paid" and days_between(due, day) > LATE_AFTER_DAYS:
            outcome = "late"
        add = {"identifiers": identifiers(order), "amount": money(order), "terms": terms,
               "invoice": str(order["number"]), "invoiced": invoiced, "due": due,
               "receipt": meta(order, "daftar_receipt")}
        add["requestId"] = self.request_id("add", [order["id"], add])
        named = {"invoice": add["invoice"]}
        deadline = time.monotonic() + REPORT_SECONDS
        try:
            try:
                made = self.node.call("BookService/AddOrder", add, deadline).get("order")
                if isinstance(made, dict) and isinstance(made.get("id"), str):
                    named = {"order": made["id"]}
            except NodeError as error:
                if str(error) != "already_exists":
                    raise
            said = {**named, "outcome": outcome, "on": day}
            said["requestId"] = self.request_id("outcome", [order["id"], said])
            self.node.call("BookService/SetOrderOutcome", said, deadline)
            return {"reported": True, "outcome": outcome}
        except NodeError as error:
            return {"reported": False, "why": str(error)}


def days_between(first, last):
    return (datetime.date.fromisoformat(last) - datetime.date.fromisoformat(first)).days


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = CLIENT_SECONDS
    checkout = None

    def do_POST(self):  # noqa: N802  the name is http.server's
        work = {"/checkout": self.checkout.check, "/order": self.checkout.report}.get(self.path)
        length = self.headers.get("Content-Length", "")
        if work is None or not length.isdecimal() or int(length) > MAX_ORDER_BYTES:
            return self.answer(413 if work else 404, {"error": "no such path, or too large"})
        body = self.rfile.read(int(length))
        if body.startswith(b"webhook_id="):  # WooCommerce tries the address out, unsigned
            return self.answer(200, {})
        wanted = base64.b64encode(hmac.new(self.checkout.secret, body, hashlib.sha256).digest())
        given = self.headers.get("X-WC-Webhook-Signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(wanted, given):
            return self.answer(401, {"error": "the signature is not of this body and secret"})
        try:
            order = json.loads(body)
            number = int(order["id"])
            made = work(order)
        except NOT_AN_ORDER:
            return self.answer(400, {"error": "not an order as WooCommerce writes it"})
        told = {key: value for key, value in made.items() if key != "receipt"}
        print(f"order {number}: {json.dumps(told)}", file=sys.stderr, flush=True)
        # A report that did not arrive is to come again; an order is let through in any case.
        again = made.get("why") in ("unreachable", "too-late", "unavailable", "resource_exhausted")
        return self.answer(503 if "reported" in made and again else 200, made)

    def answer(self, status, made):
        body = json.dumps(made).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # requests' own lines could hold what a buyer typed
        pass


def main():
    secret = os.environ.get("WEBHOOK_SECRET", "").encode()
    token = os.environ.get("DAFTAR_TOKEN", "")
    if len(secret) < 16 or not token.isascii() or not token.isprintable() or not token:
        sys.exit("set WEBHOOK_SECRET (16 characters or more) and DAFTAR_TOKEN in the environment")
    node = Node(os.environ.get("DAFTAR_URL", "http://127.0.0.1:18481"), token,
                os.environ.get("DAFTAR_CA") or None)
    Handler.checkout = Checkout(node, secret)
    host, _, port = os.environ.get("LISTEN", "127.0.0.1:8490").rpartition(":")
    server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
    print(f"listening on {host}:{server.server_port}", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
