"""The cryptography under Daftar's formats in plain whole numbers, for vectors only: Ed25519 (RFC
8032), ristretto255 (RFC 9496) with the hash to it of RFC 9497, XChaCha20-Poly1305 (RFC 8439 and
draft-irtf-cfrg-xchacha). It shares no code with the library, is slow, and not constant time.

`self_test()` stops when the answers that those documents print do not come out.
"""
import hashlib
import struct

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493  # the order of the prime-order group
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


# --- Edwards25519, affine ---

def add(a, b):
    (x1, y1), (x2, y2) = a, b
    cross = D * x1 * x2 % P * y1 % P * y2 % P
    x = (x1 * y2 + y1 * x2) * pow(1 + cross, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - cross, -1, P)
    return x % P, y % P


def multiply(scalar, point):
    total = (0, 1)
    for bit in bin(scalar)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def is_negative(number):
    return number % P % 2 == 1


def absolute(number):
    return -number % P if is_negative(number) else number % P


def sqrt_ratio(u, v):
    """RFC 9496 section 4.2: whether u/v is a square, and the root that is not negative (of
    SQRT_M1 * u/v when it is not)."""
    root = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * root * root % P
    if check in (-u % P, -u * SQRT_M1 % P):
        root = root * SQRT_M1 % P
    return check in (u % P, -u % P), absolute(root)


BASE_Y = 4 * pow(5, -1, P) % P
BASE = (sqrt_ratio(BASE_Y**2 - 1, D * BASE_Y**2 + 1)[1], BASE_Y)


# --- Ed25519 ---

def encode_edwards(point):
    return (point[1] | point[0] % 2 << 255).to_bytes(32, "little")


def little(data):
    return int.from_bytes(data, "little")


def ed25519_secrets(seed):
    digest = hashlib.sha512(seed).digest()
    return little(digest[:32]) & (1 << 254) - 8 | 1 << 254, digest[32:]


def ed25519_public(seed):
    return encode_edwards(multiply(ed25519_secrets(seed)[0], BASE))


def ed25519_sign(seed, message):
    secret, prefix = ed25519_secrets(seed)
    nonce = little(hashlib.sha512(prefix + message).digest()) % L
    commitment = encode_edwards(multiply(nonce, BASE))
    digest = hashlib.sha512(commitment + ed25519_public(seed) + message).digest()
    return commitment + ((nonce + little(digest) * secret) % L).to_bytes(32, "little")


# --- ristretto255 and the VOPRF ---

def ristretto_encode(point):
    """RFC 9496 section 4.3.2, with Z = 1."""
    x0, y0 = point
    t0 = x0 * y0 % P
    u1 = (1 + y0) * (1 - y0) % P
    u2 = t0
    inverse_root = sqrt_ratio(1, u1 * u2 * u2 % P)[1]
    den1, den2 = inverse_root * u1 % P, inverse_root * u2 % P
    z_inverse = den1 * den2 * t0 % P
    if is_negative(t0 * z_inverse):
        root_of_a_minus_d = sqrt_ratio(1, -1 - D)[1]
        x, y, den = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * root_of_a_minus_d % P
    else:
        x, y, den = x0, y0, den2
    if is_negative(x * z_inverse):
        y = -y % P
    return absolute(den * (1 - y)).to_bytes(32, "little")


# The square root of a*d - 1 that RFC 9496 section 4.1 lists; either root is a root, one is meant.
SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
assert SQRT_AD_MINUS_ONE**2 % P == (-D - 1) % P


def ristretto_map(data):
    """RFC 9496 section 4.3.4, MAP."""
    t = little(data) % 2**255 % P
    r = SQRT_M1 * t * t % P
    u = (r + 1) * (1 - D * D) % P
    v = (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio(u, v)
    c = -1
    if not was_square:
        s, c = -absolute(s * t) % P, r
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return w0 * pow(w1, -1, P) % P, w2 * pow(w3, -1, P) % P


def expand_message_sha512(message, domain, length=64):
    """RFC 9380 section 5.3.1, for one block of output."""
    domain += bytes([len(domain)])
    first = hashlib.sha512(
        bytes(128) + message + length.to_bytes(2, "big") + b"\0" + domain).digest()
    return hashlib.sha512(first + b"\x01" + domain).digest()[:length]


def voprf_hash_to_group(message):
    domain = b"HashToGroup-OPRFV1-\x01-ristretto255-SHA512"
    uniform = expand_message_sha512(message, domain)
    return add(ristretto_map(uniform[:32]), ristretto_map(uniform[32:]))


def voprf_output(scalar, message):
    """F, as RFC 9497 section 3.3.1 and 3.3.2 give it to whoever knows the private key."""
    element = ristretto_encode(multiply(scalar, voprf_hash_to_group(message)))
    return hashlib.sha512(len(message).to_bytes(2, "big") + message
                          + len(element).to_bytes(2, "big") + element + b"Finalize").digest()


def voprf_public(scalar):
    return ristretto_encode(multiply(scalar, BASE))


# --- XChaCha20-Poly1305 ---

def chacha_rounds(state):
    work = list(state)

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            work[x] = (work[x] + work[y]) % 2**32
            mixed = work[z] ^ work[x]
            work[z] = (mixed << turn | mixed >> 32 - turn) % 2**32

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return work


def chacha_state(key, last):
    return list(struct.unpack("<12I", b"expand 32-byte k" + key)) + list(last)


def chacha20(key, nonce, counter, data):
    result = b""
    for offset in range(0, len(data), 64):
        state = chacha_state(key, (counter,) + struct.unpack("<3I", nonce))
        mixed = [(a + b) % 2**32 for a, b in zip(chacha_rounds(state), state)]
        block = struct.pack("<16I", *mixed)
        result += bytes(a ^ b for a, b in zip(data[offset:offset + 64], block))
        counter += 1
    return result


def poly1305(key, message):
    r = little(key[:16]) & 0x0ffffffc0ffffffc0ffffffc0fffffff
    total = 0
    for offset in range(0, len(message), 16):
        total = (total + little(message[offset:offset + 16] + b"\x01")) * r % (2**130 - 5)
    return ((total + little(key[16:])) % 2**128).to_bytes(16, "little")


def xchacha20_poly1305(key, nonce, plaintext, associated_data):
    """Ciphertext || tag."""
    mixed = chacha_rounds(chacha_state(key, struct.unpack("<4I", nonce[:16])))
    subkey = struct.pack("<8I", *mixed[:4], *mixed[12:])
    nonce = bytes(4) + nonce[16:]
    ciphertext = chacha20(subkey, nonce, 1, plaintext)

    def padded(data):
        return data + bytes(-len(data) % 16)

    lengths = struct.pack("<QQ", len(associated_data), len(ciphertext))
    one_time_key = chacha20(subkey, nonce, 0, bytes(32))
    return ciphertext + poly1305(one_time_key, padded(associated_data) + padded(ciphertext) + lengths)


def self_test():
    # RFC 8032 section 7.1, TEST 2.
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    assert ed25519_public(seed).hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    assert ed25519_sign(seed, b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
    # RFC 9497 appendix A.1.2, first vector.
    scalar = little(bytes.fromhex(
        "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909"))
    assert voprf_public(scalar).hex() == (
        "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e")
    assert voprf_output(scalar, b"\0").hex() == (
        "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
        "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c")
    # draft-irtf-cfrg-xchacha appendix A.3.1.
    text = (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
            b"future, sunscreen would be it.")
    sealed = xchacha20_poly1305(bytes(range(0x80, 0xa0)), bytes(range(0x40, 0x58)), text,
                                bytes.fromhex("50515253c0c1c2c3c4c5c6c7"))
    assert sealed[-16:].hex() == "c0875924c1c7987947deafd8780acf49"


if __name__ == "__main__":
    self_test()
    print("the published answers come out")
