#!/usr/bin/env python3
"""Daftar's formats written a second time, from docs/protocol.md alone, to make their vectors.

Writes entries.json beside itself, the vectors in docs/protocol.md, and the seed corpora of the fuzz
targets that read entries. Needs nothing but Python 3.10. With --check it writes nothing and exits
with 1 when one of those files is not what it would write.
"""
import base64
import datetime
import hashlib
import json
import pathlib
import sys

import primitives

FOLDER = pathlib.Path(__file__).resolve().parent
PROTOCOL = FOLDER.parent.parent / "docs" / "protocol.md"
CORPUS = FOLDER.parent / "fuzz" / "corpus"

KINDS = {"REPORT": 1, "SETTLEMENT": 2, "DISPUTE": 3, "RESOLUTION": 4, "CORRECTION": 5,
         "WITHDRAWAL": 6, "ERASURE": 7, "RELABEL": 8, "KEYS": 9, "CHARTER": 10, "ADOPTION": 11}
ABOUT_NOTHING = 2**64 - 1
ENTRY_TYPE = b"application/vnd.daftar.entry.v1+bin"
ADOPTION_TYPE = b"application/vnd.daftar.adoption.v1+bin"
RELAY_TYPE = b"application/vnd.daftar.relay.v1+bin"

ORIGIN = b"toko-a.example/daftar"
NEW_ORIGIN = b"toko-a.example/daftar-2"
PARTNER = b"toko-b.example/daftar"
FIRST_TIME = 1790812800  # 2026-10-01 00:00 UTC


def u8(n):
    return n.to_bytes(1, "big")


def u16(n):
    return n.to_bytes(2, "big")


def u32(n):
    return n.to_bytes(4, "big")


def u64(n):
    return n.to_bytes(8, "big")


def prefixed16(*fields):
    return b"".join(u16(len(field)) + field for field in fields)


def sha256(data):
    return hashlib.sha256(data).digest()


def blake2b(key, data):
    return hashlib.blake2b(data, key=key, digest_size=32).digest()


def given(name, length=32):
    """A made-up input; each is printed, so how it was made up does not matter."""
    return hashlib.sha512(b"daftar test vector: " + name.encode()).digest()[:length]


def day(text):
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


# --- facts ---

def pad(fields):
    assert len(fields) <= 256
    return fields + bytes(256 - len(fields))


def report_fields(reason, minor, currency, occurred, due, reminders, settled, proofs_root):
    days = [day(reminder) for reminder in reminders] + [0] * (8 - len(reminders))
    return (u8(1) + u16(reason) + u64(minor) + currency.encode() + u32(day(occurred))
            + u32(day(due) if due else 0) + u8(len(reminders)) + b"".join(map(u32, days))
            + u8(settled) + proofs_root)


# --- tree, notes ---

def leaf_hash(data):
    return sha256(b"\0" + data)


def tree_root(hashes):
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\x01" + tree_root(hashes[:split]) + tree_root(hashes[split:]))


def key_id(name, key_type, public):
    return sha256(name + b"\n" + u8(key_type) + public)[:4]


def note_line(name, key_type, seed, blob_start, message):
    public = primitives.ed25519_public(seed)
    blob = key_id(name, key_type, public) + blob_start + primitives.ed25519_sign(seed, message)
    return "\u2014 " + name.decode() + " " + base64.b64encode(blob).decode() + "\n"


def cosignature(name, seed, time, checkpoint):
    message = f"cosignature/v1\ntime {time}\n".encode() + checkpoint.encode()
    return note_line(name, 4, seed, u64(time), message)


# --- labels, keys, bodies ---

def dsse(message_type, message):
    return (b"DSSEv1 " + str(len(message_type)).encode() + b" " + message_type + b" "
            + str(len(message)).encode() + b" " + message)


def make_label(name, f, j):
    return {"name": name, "f": f, "j": j, "token": blake2b(f[:32], b"daftar/token/v1" + u32(j))}


def wrap(label, salt):
    return blake2b(label["f"][32:], b"daftar/wrap/v1" + u32(label["j"]) + salt)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def commit_to_key(key):
    return blake2b(b"", b"daftar/kc/v1" + key)


def fill_slots(name, key, labels, order, salt):
    """Label i goes to slot order[i]; the slots that remain keep their filler."""
    slots = [given(f"{name} filler token {i}") + given(f"{name} filler key {i}") for i in range(4)]
    filler = [slot for i, slot in enumerate(slots) if i not in order[:len(labels)]]
    for label, at in zip(labels, order):
        slots[at] = label["token"] + xor(key, wrap(label, salt))
    return slots, {"slot_order": order, "filler": filler,
                   "labels": [{"name": label["name"], "j": label["j"], "token": label["token"],
                               "wrap": wrap(label, salt)} for label in labels]}


def report_body(labels, order, record_key, facts):
    salt, nonce = given("REPORT salt"), given("REPORT nonce", 24)
    key = blake2b(record_key, b"daftar/k/v1" + salt)
    slots, shown = fill_slots("REPORT", key, labels, order, salt)
    associated = u8(1) + ORIGIN
    sealed = primitives.xchacha20_poly1305(key, nonce, facts, associated)
    body = salt + commit_to_key(key) + b"".join(slots) + nonce + sealed
    return key, body, {"salt": salt, "key": key, "key_commitment": commit_to_key(key), **shown,
                       "nonce": nonce, "facts": facts, "associated_data": associated,
                       "sealed_facts": sealed}


def update_body(name, report_key, facts):
    salt, nonce = given(name + " salt"), given(name + " nonce", 24)
    key = blake2b(report_key, b"daftar/update/v1" + salt)
    associated = u8(KINDS[name]) + ORIGIN
    sealed = primitives.xchacha20_poly1305(key, nonce, facts, associated)
    body = salt + commit_to_key(key) + nonce + sealed
    return body, {"salt": salt, "key": key, "key_commitment": commit_to_key(key), "nonce": nonce,
                  "facts": facts, "associated_data": associated, "sealed_facts": sealed}


def relabel_body(report_key, labels, order):
    salt = given("RELABEL salt")
    slots, shown = fill_slots("RELABEL", report_key, labels, order, salt)
    body = salt + commit_to_key(report_key) + b"".join(slots)
    return body, {"salt": salt, "key": report_key, "key_commitment": commit_to_key(report_key),
                  **shown}


def make_entry(name, index, about, body, parts, seed, origin=ORIGIN, ground=0):
    commitment = sha256(b"daftar/body/v1" + body) if body else bytes(32)
    signer = key_id(origin + b"/entry", 1, primitives.ed25519_public(seed))
    issued_at = FIRST_TIME + 30 * index
    header = (b"DFT1" + u8(KINDS[name]) + u8(ground) + u64(index) + u64(issued_at) + u64(about)
              + signer + commitment + u8(len(origin)) + origin)
    message = dsse(ENTRY_TYPE, header)
    signature = primitives.ed25519_sign(seed, message)
    return {"name": name, "kind": KINDS[name], "ground": ground, "index": index,
            "issued_at": issued_at, "about": about, "origin": origin.decode(), **parts,
            "body": body, "commitment": commitment, "signer": signer, "header": header,
            "signature_input": message, "signature": signature,
            "leaf_hash": leaf_hash(header + signature)}


# --- the vectors ---

def make_inputs():
    seeds = {use: given(use + " seed") for use in ("entry", "head", "mirror", "self", "new entry",
                                                  "partner mirror", "partner entry")}
    return {"seeds": {use.replace(" ", "_"): seed for use, seed in seeds.items()},
            "public_keys": {use.replace(" ", "_"): primitives.ed25519_public(seed)
                            for use, seed in seeds.items()},
            "circle": given("circle", 16), "record_key": given("record key"), "epoch": 7,
            "tls_spki": given("tls spki"), "charter": given("charter"),
            "voprf_scalar": (primitives.little(given("voprf", 64)) % primitives.L).to_bytes(
                32, "little")}


def make_voprf(inputs):
    kind, value = b"phone", b"+6281234567890"
    scalar = primitives.little(inputs["voprf_scalar"])
    message = prefixed16(b"daftar/id/v1", inputs["circle"], ORIGIN, u32(inputs["epoch"]), kind,
                         value)
    return {"type": kind.decode(), "identifier": value.decode(), "input": message,
            "public_key": primitives.voprf_public(scalar),
            "f": primitives.voprf_output(scalar, message)}


def make_proofs():
    files = [b"order 1042", b"delivery note 1042", b"reminder of 2026-09-12"]
    salts = [given(f"proof salt {i}") for i in range(len(files))]
    digests = [sha256(b"daftar/proof/v1" + salt + file) for salt, file in zip(salts, files)]
    return {"files": [{"content": file, "salt": salt, "digest": digest}
                      for file, salt, digest in zip(files, salts, digests)],
            "root": tree_root([leaf_hash(digest) for digest in sorted(digests)])}


def make_log(inputs, voprf, proofs):
    seed, keys = inputs["seeds"]["entry"], inputs["public_keys"]
    phone = make_label("phone", voprf["f"], 3)
    email = make_label("email", given("F of the email", 64), 0)
    next_phone = make_label("phone, epoch 8", given("F of the phone in epoch 8", 64), 0)
    facts = {"reason": 1, "minor": 450000000, "currency": "IDR", "occurred": "2026-08-20",
             "due": "2026-09-05", "reminders": ["2026-09-12", "2026-09-19"], "settled": 2,
             "proofs_root": proofs["root"]}
    corrected = {**facts, "minor": 400000000, "reminders": ["2026-09-12"], "due": None}

    key, report, report_parts = report_body([phone, email], [2, 0, 3, 1], inputs["record_key"],
                                            pad(report_fields(**facts)))
    keys_salt, charter_salt = given("KEYS salt"), given("CHARTER salt")
    keys_body = keys_salt + prefixed16(keys["entry"], keys["head"], keys["mirror"], keys["self"],
                                       inputs["tls_spki"], u32(inputs["epoch"]),
                                       voprf["public_key"])
    updates = {"SETTLEMENT": u32(day("2026-10-03")),
               "DISPUTE": u8(2) + u32(day("2026-10-04")),
               "RESOLUTION": u8(1) + u32(day("2026-10-10")),
               "CORRECTION": report_fields(**corrected)[1:] + u32(day("2026-10-11")),
               "WITHDRAWAL": u8(1) + u32(day("2026-10-12"))}

    entries = [make_entry("KEYS", 0, ABOUT_NOTHING, keys_body, {"salt": keys_salt}, seed),
               make_entry("CHARTER", 1, ABOUT_NOTHING,
                          charter_salt + prefixed16(inputs["charter"]), {"salt": charter_salt},
                          seed),
               make_entry("REPORT", 2, ABOUT_NOTHING, report, report_parts, seed)]
    for name, fields in updates.items():
        body, parts = update_body(name, key, pad(u8(1) + fields))
        entries.append(make_entry(name, len(entries), 2, body, parts, seed))
    body, parts = relabel_body(key, [next_phone], [1, 0, 2, 3])
    entries.append(make_entry("RELABEL", len(entries), 2, body, parts, seed))
    entries.append(make_entry("ERASURE", len(entries), 2, b"", {}, seed, ground=1))
    return [phone, email, next_phone], entries


def make_adoption(inputs, size, root):
    salt, new_key = given("ADOPTION salt"), inputs["public_keys"]["new_entry"]
    statement = dsse(ADOPTION_TYPE, prefixed16(NEW_ORIGIN, new_key, ORIGIN, u64(size), root))
    old_signature = primitives.ed25519_sign(inputs["seeds"]["entry"], statement)
    body = salt + prefixed16(ORIGIN, u64(size), root, old_signature)
    return make_entry("ADOPTION", 0, ABOUT_NOTHING, body,
                      {"salt": salt, "old_origin": ORIGIN.decode(), "old_size": size,
                       "old_root": root, "statement": statement,
                       "old_entry_signature": old_signature},
                      inputs["seeds"]["new_entry"], origin=NEW_ORIGIN)


def make_notes(inputs, size, root):
    checkpoint = f"{ORIGIN.decode()}\n{size}\n{base64.b64encode(root).decode()}\n"
    seeds, time = inputs["seeds"], FIRST_TIME + 300
    return {"checkpoint": checkpoint, "time": time, "partner": PARTNER.decode(),
            "head": note_line(ORIGIN, 1, seeds["head"], b"", checkpoint.encode()),
            "self": cosignature(ORIGIN + b"/self", seeds["self"], time, checkpoint),
            "mirror": cosignature(PARTNER + b"/mirror", seeds["partner_mirror"], time + 1,
                                  checkpoint)}


def make_relay(inputs, report):
    seed = inputs["seeds"]["partner_entry"]
    at = FIRST_TIME + 4 * 86400
    claim = (b"DFR1" + u8(len(PARTNER)) + PARTNER + u8(len(ORIGIN)) + ORIGIN + u64(report["index"])
             + report["leaf_hash"] + u32(day("2026-10-04")) + u64(at))
    mac = blake2b(report["key"], b"daftar/relay/v1" + claim)
    signer = key_id(PARTNER + b"/entry", 1, primitives.ed25519_public(seed))
    message = dsse(RELAY_TYPE, claim + mac + signer)
    signature = primitives.ed25519_sign(seed, message)
    return {"relayer": PARTNER.decode(), "issuer": ORIGIN.decode(), "index": report["index"],
            "leaf_hash": report["leaf_hash"], "on": "2026-10-04", "at": at, "key": report["key"],
            "mac": mac, "signer": signer, "signature_input": message, "signature": signature,
            "statement": claim + mac + signer + signature}


def make_proof_request(entries):
    key = next(entry["key"] for entry in entries if entry["name"] == "REPORT")
    nonce = given("proof request nonce")
    return {"report": 2, "asker": PARTNER.decode(), "nonce": nonce,
            "mac": blake2b(key, b"daftar/proofreq/v1" + PARTNER + nonce)}


def make_vectors():
    primitives.self_test()
    inputs = make_inputs()
    voprf = make_voprf(inputs)
    proofs = make_proofs()
    labels, entries = make_log(inputs, voprf, proofs)
    hashes = [entry["leaf_hash"] for entry in entries]
    root = tree_root(hashes)
    return {"inputs": {"origin": ORIGIN.decode(), **inputs}, "voprf": voprf, "labels": labels,
            "proofs": proofs, "entries": entries + [make_adoption(inputs, len(hashes), root)],
            "tree": {"size": len(hashes), "root": root}, "notes": make_notes(inputs, len(hashes), root),
            "relay": make_relay(inputs, entries[2]),
            "proof_request": make_proof_request(entries)}


# --- where they go ---

def as_json(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value


def show(value, name=""):
    """Lines `name = value`, the names dotted."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from show(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and value and isinstance(value[0], (dict, str)):
        for i, inner in enumerate(value):
            yield from show(inner, f"{name}.{i}")
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"{name} = " + text.replace("\n", "\\n")


def markdown(vectors):
    lines = []
    sections = [(name, vectors[name]) for name in ("inputs", "voprf", "labels", "proofs")]
    sections += [(f"{entry['kind']} {entry['name']}", entry) for entry in vectors["entries"]]
    sections += [(name, vectors[name]) for name in ("tree", "notes", "relay", "proof_request")]
    for title, value in sections:
        lines += ["", f"### {title}", "", "```", *show(value), "```"]
    return "\n".join(lines[1:]) + "\n"


def corpora(vectors):
    files = {}
    for entry in vectors["entries"]:
        name = entry["name"].lower()
        leaf = bytes.fromhex(entry["header"] + entry["signature"])
        files[CORPUS / "fuzz_header" / name] = leaf
        files[CORPUS / "fuzz_body" / name] = u8(entry["kind"]) + bytes.fromhex(entry["body"])
        if "facts" in entry:
            files[CORPUS / "fuzz_facts" / name] = u8(entry["kind"]) + bytes.fromhex(entry["facts"])
    files[CORPUS / "fuzz_relay" / "relay"] = bytes.fromhex(vectors["relay"]["statement"])
    return files


def main():
    vectors = as_json(make_vectors())
    before, rest = PROTOCOL.read_text().split("<!-- vectors begin -->\n")
    after = rest.split("<!-- vectors end -->\n")[1]
    files = {FOLDER / "entries.json": (json.dumps(vectors, indent=1, ensure_ascii=False) + "\n").encode(),
             PROTOCOL: (before + "<!-- vectors begin -->\n\n" + markdown(vectors)
                        + "\n<!-- vectors end -->\n" + after).encode(),
             **corpora(vectors)}
    wrong = [path for path, content in files.items()
             if not path.exists() or path.read_bytes() != content]
    for path in wrong:
        if "--check" in sys.argv[1:]:
            print(f"{path} is not what make_entries.py writes", file=sys.stderr)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content := files[path])
        print(f"{path}: {len(content)} bytes")
    return 1 if wrong and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
