#!/usr/bin/env python3
"""Writes seal.json beside itself: XChaCha20-Poly1305 and Argon2id.

XChaCha20-Poly1305 is composed here from HChaCha20 (draft-irtf-cfrg-xchacha section 2.2), written
out below, and the `cryptography` package's ChaCha20-Poly1305; Argon2id comes from that package. It
shares no code with the library. The script stops when the draft's printed answers do not come out.
"""
import json
import pathlib
import struct

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


def hchacha20(key, nonce):
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))

    def mix(a, b, c, d):
        for x, y, z, turn in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)]:
            state[x] = (state[x] + state[y]) & 0xffffffff
            mixed = state[z] ^ state[x]
            state[z] = (mixed << turn | mixed >> (32 - turn)) & 0xffffffff

    for _ in range(10):
        for column in range(4):
            mix(column, 4 + column, 8 + column, 12 + column)
        for column in range(4):
            mix(column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
    return struct.pack("<8I", *state[:4], *state[12:])


def seal(key, nonce, plaintext, associated_data):
    subkey = hchacha20(key, nonce[:16])
    return ChaCha20Poly1305(subkey).encrypt(bytes(4) + nonce[16:], plaintext, associated_data)


def sealed_case(name, key, nonce, plaintext, associated_data):
    return {"name": name, "key": key.hex(), "nonce": nonce.hex(), "plaintext": plaintext.hex(),
            "associated_data": associated_data.hex(),
            "sealed": seal(key, nonce, plaintext, associated_data).hex()}


def password_case(password, salt, operations, memory_kib):
    key = Argon2id(salt=salt, length=32, iterations=operations, lanes=1,
                   memory_cost=memory_kib).derive(password)
    return {"password": password.hex(), "salt": salt.hex(), "operations": operations,
            "memory_bytes": memory_kib * 1024, "key": key.hex()}


def main():
    # draft-irtf-cfrg-xchacha-03 sections 2.2.1 and A.3.1
    assert hchacha20(bytes(range(32)), bytes.fromhex("000000090000004a0000000031415927")).hex() == (
        "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc")
    draft = sealed_case(
        "draft-irtf-cfrg-xchacha-03 A.3.1", bytes(range(0x80, 0xa0)), bytes(range(0x40, 0x58)),
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it.", bytes.fromhex("50515253c0c1c2c3c4c5c6c7"))
    assert draft["sealed"].startswith("bd6d179d3e83d43b9576579493c0e939")
    assert draft["sealed"].endswith("c0875924c1c7987947deafd8780acf49")
    sealed = [draft,
              sealed_case("nothing sealed", bytes(32), bytes(24), b"", b""),
              sealed_case("context alone", bytes(32), bytes(24), b"", b"context"),
              sealed_case("256 zeros without context", bytes([7] * 32), bytes([9] * 24), bytes(256),
                          b"")]
    passwords = [password_case(b"correct horse", bytes(range(16)), 1, 8),
                 password_case(b"correct horse", bytes(range(16)), 3, 64),
                 password_case(b"", bytes(16), 2, 16),
                 password_case("sandi lewat \u00e9".encode(), bytes([255] * 16), 2, 1024)]
    path = pathlib.Path(__file__).resolve().parent / "seal.json"
    path.write_text(json.dumps({"source": "made by make_seal.py", "sealed": sealed,
                                "passwords": passwords}, indent=1) + "\n")


if __name__ == "__main__":
    main()
