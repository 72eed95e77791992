#!/usr/bin/env python3
"""Writes rfc8032_ed25519.json, rfc9496_ristretto255.json and voprf_batches.json beside itself.

Seeds, messages and refused encodings are facts of the two RFCs; all else is computed here with
whole numbers, so that the C++ is compared with something that shares no code with it. The script
stops when the public keys and signatures that the RFC prints do not come out. Slow and not constant
time: for vectors only.
"""
import hashlib
import json
import pathlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def inverse(x):
    return pow(x, P - 2, P)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * inverse(1 + t) % P, (y1 * y2 + x1 * x2) * inverse(1 - t) % P)


def multiply(scalar, point):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def root_of_ratio(u, v):
    """(is u/v a square, a root of it or of SQRT_M1 times it that is not negative)."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    square = check in (u % P, -u % P)
    if check in (-u % P, -u * SQRT_M1 % P):
        r = r * SQRT_M1 % P
    return square, P - r if r % 2 else r


def x_of(y, sign):
    square, x = root_of_ratio(y * y - 1, D * y * y + 1)
    assert square
    return P - x if x % 2 != sign else x


BASE_Y = 4 * inverse(5) % P
BASE = (x_of(BASE_Y, 0), BASE_Y)


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def number(data):
    return int.from_bytes(data, "little")


def hash_number(*parts):
    return number(hashlib.sha512(b"".join(parts)).digest())


def expand(seed):
    h = hashlib.sha512(seed).digest()
    return (number(h[:32]) & (2**254 - 8)) | 2**254, h[32:]


def sign(seed, message):
    a, prefix = expand(seed)
    public = encode(multiply(a, BASE))
    r = hash_number(prefix, message) % L
    big_r = encode(multiply(r, BASE))
    s = (r + hash_number(big_r, public, message) * a) % L
    return public, big_r + s.to_bytes(32, "little")


ED25519 = [  # RFC 8032 section 7.1: name, seed, message, and how key and signature begin
    ("TEST 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
     "d75a980182b10ab7", "e5564300c360ac72"),
    ("TEST 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
     "3d4017c3e843895a", "92a009a9f0d4cab8"),
    ("TEST 3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
     "fc51cd8e6218a1a3", "6291d657deec2402"),
    ("TEST SHA(abc)", "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     hashlib.sha512(b"abc").hexdigest(), "ec172b93ad5e563b", "dc2a4459e7369633"),
]


def refused_signatures():
    """Signatures that must not verify; several pass where a check is left out."""
    seed = bytes.fromhex(ED25519[2][1])
    message = bytes.fromhex(ED25519[2][2])
    public, good = sign(seed, message)
    a, _ = expand(seed)
    s = number(good[32:])
    flip = lambda data, bit: bytes(b ^ (1 << bit % 8) * (i == bit // 8) for i, b in enumerate(data))
    cases = [
        ("S + L, the same signature written otherwise", public, message,
         good[:32] + (s + L).to_bytes(32, "little")),
        ("S with its top bit set", public, message, flip(good, 511)),
        ("S of zero", public, message, good[:32] + bytes(32)),
        ("a bit of R flipped", public, message, flip(good, 3)),
        ("a bit of S flipped", public, message, flip(good, 259)),
        ("another message", public, message + b"\0", good),
        ("another key", sign(bytes(32), b"")[0], message, good),
        ("the sign bit of the key flipped", flip(public, 255), message, good),
        ("R and S exchanged", public, message, good[32:] + good[:32]),
        ("all zero", public, message, bytes(64)),
    ]
    identity = encode((0, 1))
    order_4 = encode((SQRT_M1, 0))
    order_2 = encode((0, P - 1))
    identity_plus_p = (P + 1).to_bytes(32, "little")
    negative_zero = (1 | 1 << 255).to_bytes(32, "little")
    # With a key of small order, R = S * B satisfies the equation for any message whose hash is a
    # multiple of the order.
    for name, key, order in [("identity", identity, 1), ("point of order 2", order_2, 2),
                             ("point of order 4", order_4, 4),
                             ("identity written as y + p", identity_plus_p, 1),
                             ("identity with the sign of a zero", negative_zero, 1)]:
        big_r = encode(multiply(12345, BASE))
        text = next(bytes([i]) for i in range(256)
                    if hash_number(big_r, key, bytes([i])) % L % order == 0)
        cases.append(("key: " + name, key, text, big_r + (12345).to_bytes(32, "little")))
    # With R the identity, S = hash * a satisfies it, for whoever holds the key.
    for name, big_r in [("identity", identity), ("identity written as y + p", identity_plus_p),
                        ("identity with the sign of a zero", negative_zero)]:
        forged = hash_number(big_r, public, message) * a % L
        cases.append(("R: " + name, public, message, big_r + forged.to_bytes(32, "little")))
    return [{"why": why, "public_key": key.hex(), "message": text.hex(), "signature": sig.hex()}
            for why, key, text, sig in cases]


def write_ed25519(folder):
    accepted = []
    for name, seed, message, key_start, signature_start in ED25519:
        public, signature = sign(bytes.fromhex(seed), bytes.fromhex(message))
        assert public.hex().startswith(key_start), name
        assert signature.hex().startswith(signature_start), name
        accepted.append({"name": name, "seed": seed, "public_key": public.hex(),
                         "message": message, "signature": signature.hex()})
    write(folder / "rfc8032_ed25519.json", {
        "source": "RFC 8032 section 7.1 (accepted); made by make_curve25519.py (refused)",
        "accepted": accepted, "refused": refused_signatures()})


def ristretto_fault(data):
    """Why RFC 9496 section 4.3.1 refuses an encoding; None when it does not."""
    s = number(data)
    if s >= P:
        return "not canonical"
    if s % 2:
        return "negative"
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-(D * u1 * u1) - u2 * u2) % P
    square, root = root_of_ratio(1, v * u2 * u2 % P)
    den_x = root * u2 % P
    x = 2 * s * den_x % P
    x = P - x if x % 2 else x
    y = u1 * root * den_x * v % P
    if not square:
        return "not a square"
    if x * y % P % 2:
        return "negative xy"
    return "y is zero" if y == 0 else None


def ristretto_encode(point):
    """RFC 9496 section 4.3.2 for an affine point."""
    x, y = point
    t = x * y % P
    u1, u2 = (1 + y) * (1 - y) % P, t
    _, root = root_of_ratio(1, u1 * u2 * u2 % P)
    den1, den2 = root * u1 % P, root * u2 % P
    z_inverse = den1 * den2 * t % P
    denominator = den2
    if t * z_inverse % P % 2:
        _, inverse_root = root_of_ratio(1, -1 - D)
        x, y = y * SQRT_M1 % P, x * SQRT_M1 % P
        denominator = den1 * inverse_root % P
    if x * z_inverse % P % 2:
        y = -y % P
    s = denominator * (1 - y) % P
    return (P - s if s % 2 else s).to_bytes(32, "little")


RISTRETTO_REFUSED = """
00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
0100000000000000000000000000000000000000000000000000000000000000
01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20
c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562
c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78
47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24
f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72
87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309
26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371
4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f
de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b
bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042
2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08
f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22
8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731
2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b
3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e
a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220
d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e
8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32
32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b
227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165
5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e
445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b
ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
"""


def write_ristretto(folder):
    multiples = [ristretto_encode(multiply(i, BASE)) for i in range(1, 17)]
    assert multiples[0].hex().startswith("e2f2ae0a6abc4e71")
    assert all(ristretto_fault(m) is None for m in multiples)
    refused = [{"why": ristretto_fault(bytes.fromhex(text)), "encoding": text}
               for text in RISTRETTO_REFUSED.split()]
    assert all(case["why"] for case in refused)
    # What a decoder that drops the top bit, or reduces, would take for the generator.
    generator = number(multiples[0])
    refused += [
        {"why": "the generator with its top bit set",
         "encoding": (generator | 1 << 255).to_bytes(32, "little").hex()},
        {"why": "the negative of the generator's s",
         "encoding": (P - generator).to_bytes(32, "little").hex()},
        {"why": "the identity with its top bit set", "encoding": (1 << 255).to_bytes(32, "little").hex()},
    ]
    write(folder / "rfc9496_ristretto255.json", {
        "source": "RFC 9496 appendix A.1 (multiples of the generator) and A.2 (refused), the last "
                  "three made by make_curve25519.py",
        "multiples": [m.hex() for m in multiples], "refused": refused})


CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"


def hash_to_scalar(message):
    """expand_message_xmd of RFC 9380 for 64 bytes, as RFC 9497 section 4.1 uses it."""
    tag = b"HashToScalar-" + CONTEXT
    tag += bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + message + bytes([0, 64, 0]) + tag).digest()
    return hash_number(first, b"\x01", tag) % L


def prefixed(*parts):
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def voprf_batch(private, nonce, size):
    """GenerateProof of RFC 9497 section 2.2.1; the blinded elements are 1, 2, 3, ... times the
    generator, so that every sum is one product."""
    public_point = multiply(private, BASE)
    public = ristretto_encode(public_point)
    seed = hashlib.sha512(prefixed(public, b"Seed-" + CONTEXT)).digest()
    blinded, evaluated, total = (0, 1), (0, 1), 0
    for i in range(size):
        blinded, evaluated = add(blinded, BASE), add(evaluated, public_point)
        pair = prefixed(ristretto_encode(blinded), ristretto_encode(evaluated))
        total += (i + 1) * hash_to_scalar(prefixed(seed) + i.to_bytes(2, "big") + pair + b"Composite")
    elements = [total, total * private, nonce, nonce * total]
    encoded = [ristretto_encode(multiply(e % L, BASE)) for e in elements]
    challenge = hash_to_scalar(prefixed(public, *encoded) + b"Challenge")
    response = (nonce - challenge * private) % L
    return {"size": size, "private": private.to_bytes(32, "little").hex(), "public": public.hex(),
            "nonce": nonce.to_bytes(32, "little").hex(),
            "last_evaluated": ristretto_encode(evaluated).hex(),
            "proof": (challenge.to_bytes(32, "little") + response.to_bytes(32, "little")).hex()}


def write_voprf(folder):
    private, nonce = hash_to_scalar(b"private"), hash_to_scalar(b"nonce")
    write(folder / "voprf_batches.json", {
        "source": "made by make_curve25519.py: RFC 9497 prints no batch beyond two. The i-th blinded "
                  "element is i times the generator, counted from 1",
        "batches": [voprf_batch(private, nonce, size) for size in (1, 3, 16, 256)]})


def write(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parent
    write_ed25519(here)
    write_ristretto(here)
    write_voprf(here)
