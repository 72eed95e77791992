#!/usr/bin/env python3
"""Computes tests/vectors/notes.json from C2SP signed-note, tlog-checkpoint and tlog-cosignature.

It shares no code with the library: hashes come from hashlib, Ed25519 from the openssl program.
Usage: make_notes.py > notes.json
"""
import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile

PKCS8_ED25519 = bytes.fromhex("302e020100300506032b657004220420")  # RFC 8410 section 7
ORIGIN = "toko-a.example/daftar"
ED25519, COSIGNATURE = 1, 4


def openssl(seed, args, extra_input=None):
    with tempfile.TemporaryDirectory() as folder:
        key = pathlib.Path(folder, "key.der")
        key.write_bytes(PKCS8_ED25519 + seed)
        command = ["openssl", *args, "-keyform" if args[0] == "pkeyutl" else "-inform", "DER"]
        command += ["-inkey" if args[0] == "pkeyutl" else "-in", str(key)]
        if extra_input is not None:
            data = pathlib.Path(folder, "data")
            data.write_bytes(extra_input)
            command += ["-in", str(data)]
        return subprocess.run(command, check=True, capture_output=True).stdout


def sign(seed, message):
    return openssl(seed, ["pkeyutl", "-sign", "-rawin"], message)


def public_key(seed):
    return openssl(seed, ["pkey", "-pubout", "-outform", "DER"])[-32:]


def b64(data):
    return base64.b64encode(data).decode()


def make_key(name, kind, seed_byte):
    seed = bytes([seed_byte]) * 32
    public = public_key(seed)
    key_id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
    return {
        "name": name,
        "type": kind,
        "seed": seed.hex(),
        "public": public.hex(),
        "id": key_id.hex(),
        "vkey": f"{name}+{key_id.hex()}+{b64(bytes([kind]) + public)}",
    }


def line(key, blob):
    return f"\u2014 {key['name']} {b64(bytes.fromhex(key['id']) + blob)}\n"


def cosignature(key, text, time):
    message = f"cosignature/v1\ntime {time}\n{text}"
    signature = sign(bytes.fromhex(key["seed"]), message.encode())
    return {
        "time": time,
        "message": message,
        "line": line(key, time.to_bytes(8, "big") + signature),
    }


def main():
    head = make_key(ORIGIN, ED25519, 0x11)
    own = make_key(ORIGIN + "/self", COSIGNATURE, 0x22)
    mirror = make_key("toko-b.example/daftar/mirror", COSIGNATURE, 0x33)
    # The RFC 6962 tree over the three leaves "a", "b", "c".
    leaf = [hashlib.sha256(b"\x00" + data).digest() for data in (b"a", b"b", b"c")]
    left = hashlib.sha256(b"\x01" + leaf[0] + leaf[1]).digest()
    root = hashlib.sha256(b"\x01" + left + leaf[2]).digest()
    text = f"{ORIGIN}\n3\n{b64(root)}\n"
    signature = line(head, sign(bytes.fromhex(head["seed"]), text.encode()))
    by_self = cosignature(own, text, 1793404800)
    by_mirror = cosignature(mirror, text, 1793404805)
    print(json.dumps({
        "about": "Own vectors, made by make_notes.py with hashlib and openssl: a head as a signed "
                 "note, the node's own timestamp on it, and a partner's mirror cosignature.",
        "keys": {"head": head, "self": own, "mirror": mirror},
        "leaves": ["61", "62", "63"],
        "checkpoint": {"origin": ORIGIN, "size": 3, "root": root.hex(), "text": text},
        "head_note": text + "\n" + signature,
        "self_cosignature": by_self,
        "mirror_cosignature": by_mirror,
        "cosigned_note": text + "\n" + signature + by_self["line"] + by_mirror["line"],
    }, indent=1))


if __name__ == "__main__":
    main()
