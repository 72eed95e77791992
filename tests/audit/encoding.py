"""Numbers, texts and keys as docs/bundle.md writes them, read strictly."""
import base64
import binascii
import hashlib
import re

from nacl import bindings, exceptions

LIMIT = 2**63  # sizes, indexes and times lie below
MAX_PROOF_HASHES = 63
ORIGIN = re.compile(r"[a-z0-9./-]{1,200}\Z")


class Malformed(Exception):
    """What was read is not in its format; the text says why."""


def require(condition, why):
    if not condition:
        raise Malformed(why)


def sha256(data):
    return hashlib.sha256(data).digest()


def blake2b(key, data):
    return hashlib.blake2b(data, key=key, digest_size=32).digest()


def decimal(text, what="number"):
    require(re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII), f"{what} is no decimal: {text[:40]!r}")
    value = int(text)
    require(value < LIMIT, f"{what} is not below 2^63")
    return value


def from_hex(text, length, what):
    require(re.fullmatch(r"[0-9a-f]{%d}" % (2 * length), text, re.ASCII),
            f"{what} is not {length} bytes in hex")
    return bytes.fromhex(text)


def from_base64(text, length=None):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("base64 is wrong") from error
    # Decoding ignores the unused bits, and more.
    require(base64.b64encode(data).decode() == text, "base64 is not canonical")
    require(length is None or len(data) == length, f"base64 is not of {length} bytes")
    return data


def origin_name(text):
    require(ORIGIN.match(text), f"no origin: {text[:40]!r}")
    return text


class Reader:
    """Takes big-endian fields from bytes; raises Malformed at their end."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        require(self.at + length <= len(self.data), "the bytes end too early")
        self.at += length
        return self.data[self.at - length:self.at]

    def number(self, length):
        return int.from_bytes(self.take(length), "big")

    def rest(self):
        return self.take(len(self.data) - self.at)

    def more(self):
        return self.at < len(self.data)

    def prefixed(self, length_bytes):
        return self.take(self.number(length_bytes))

    def field(self, length):
        """A u16-prefixed field of this length."""
        data = self.prefixed(2)
        require(len(data) == length, "a field has the wrong length")
        return data

    def end(self):
        require(not self.more(), "bytes are left over")


def dsse(message_type, message):
    return b"DSSEv1 %d %s %d %s" % (len(message_type), message_type, len(message), message)


def verifies(public_key, message, signature):
    """Ed25519 by libsodium's crypto_sign_open, which is its strict rule."""
    if len(signature) != 64 or len(public_key) != 32:
        return False
    try:
        bindings.crypto_sign_open(signature + message, public_key)
    except exceptions.BadSignatureError:
        return False
    return True


def key_id(name, key_type, public_key):
    return sha256(name.encode() + b"\n" + bytes([key_type]) + public_key)[:4]


# --- ristretto255, RFC 9496 section 4.3.1 ---

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def is_ristretto_element(data):
    """Whether these are the canonical bytes of an element other than the identity."""
    s = int.from_bytes(data, "little")
    if s == 0 or s >= P or s % 2 == 1:
        return False
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square = v * u2 * u2 % P  # 1/sqrt of this
    root = pow(square, 3, P) * pow(pow(square, 7, P), (P - 5) // 8, P) % P
    check = square * root * root % P
    if check in (P - 1, -SQRT_M1 % P):
        root = root * SQRT_M1 % P
    if check not in (1, P - 1):
        return False
    if root % 2 == 1:
        root = P - root
    den_x = root * u2 % P
    den_y = root * den_x * v % P
    x = 2 * s * den_x % P
    if x % 2 == 1:
        x = P - x
    y = u1 * den_y % P
    return x * y % P % 2 == 0 and y != 0
