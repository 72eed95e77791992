#!/usr/bin/env python3
"""The rule of docs/normalisation.md once more, written from that page and from nothing else.

Usage: identifiers.py FILE.tsv    checks every line of the file; exits 1 if one does not hold
"""

import re
import string
import sys

TABLE = {  # home: (country code, trunk 0, fewest and most digits after the code)
    "ID": ("62", True, 8, 12),
    "MY": ("60", True, 8, 10),
    "SG": ("65", False, 8, 8),
    "BN": ("673", False, 7, 7),
    "TH": ("66", True, 8, 9),
    "PH": ("63", True, 8, 10),
    "VN": ("84", True, 9, 10),
    "TL": ("670", False, 7, 8),
}


class Refused(Exception):
    pass


def require(condition, code):
    if not condition:
        raise Refused(code)


def lower(text):
    return text.translate(str.maketrans(string.ascii_uppercase, string.ascii_lowercase))


def upper(text):
    return text.translate(str.maketrans(string.ascii_lowercase, string.ascii_uppercase))


def drop(text, characters):
    return text.translate({ord(c): None for c in characters})


def under(country, rest):
    code, trunk, fewest, most = country
    require(fewest <= len(rest) <= most, "length")
    require(not (trunk and rest[0] == "0"), "leading-zero")
    return "+" + code + rest


def after_code(country, digits):
    code, trunk, _, _ = country
    rest = digits[len(code):]
    return rest[1:] if trunk and rest[:1] == "0" else rest


def phone(text, home):
    text = drop(text, " .-()[]/")
    if text[:2] == "00":
        text = "+" + text[2:]
    international = text[:1] == "+"
    digits = text[1:] if international else text
    require(digits, "empty")
    require("+" not in digits, "plus")
    require(re.fullmatch("[0-9]+", digits), "character")
    if international:
        for country in TABLE.values():
            if digits.startswith(country[0]):
                return under(country, after_code(country, digits))
        require(digits[0] != "0", "country-code")
        require(8 <= len(digits) <= 15, "length")
        return "+" + digits
    country = TABLE[home]
    code, trunk, fewest, most = country
    if trunk and digits[0] == "0":
        return under(country, digits[1:])
    if digits.startswith(code) and fewest <= len(after_code(country, digits)) <= most:
        return under(country, after_code(country, digits))
    return under(country, digits)


def email(text, _home):
    text = lower(text)
    require(all(" " < c <= "~" and c not in '"(),:;<>[\\]' for c in text), "character")
    require(text.count("@") == 1, "at-sign")
    local, domain = text.split("@")
    require(1 <= len(local) <= 64, "local-part")
    labels = domain.split(".")
    label = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
    require(len(domain) <= 253 and len(labels) >= 2 and all(map(label.fullmatch, labels)), "domain")
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = drop(local.split("+")[0], "."), "gmail.com"
        require(local, "local-part")
    return local + "@" + domain


def digits_of(text, length, add_zero_to=None):
    text = drop(text, " .-")
    require(text, "empty")
    require(re.fullmatch("[0-9]+", text), "character")
    if len(text) == add_zero_to:
        text = "0" + text
    require(len(text) == length, "length")
    return text


def possible(year, month, day):
    lengths = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return 1 <= month <= 12 and 1 <= day <= lengths[month - 1]


def nik(text, _home):
    text = digits_of(text, 16)
    day, month, year = int(text[6:8]), int(text[8:10]), int(text[10:12])
    require(possible(year, month, day - 40 if day > 40 else day), "date")
    require(text[12:] != "0000", "serial")
    return text


def mykad(text, _home):
    text = digits_of(text, 12)
    require(possible(int(text[0:2]), int(text[2:4]), int(text[4:6])), "date")
    return text


def nric(text, _home):
    text = upper(drop(text, " .-"))
    require(text, "empty")
    require(re.fullmatch("[0-9A-Z]+", text), "character")
    require(len(text) == 9, "length")
    require(re.fullmatch("[STFGM][0-9]{7}[A-Z]", text), "form")
    total = sum(int(d) * w for d, w in zip(text[1:8], (2, 7, 6, 5, 4, 3, 2)))
    total += {"S": 0, "T": 4, "F": 0, "G": 4, "M": 3}[text[0]]
    letters = {"S": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
    series = {"T": "S", "G": "F"}.get(text[0], text[0])
    require(text[8] == letters[series][total % 11], "check-letter")
    return text


def bank_account(text, _home):
    text = drop(upper(text), " .-")
    require(text, "empty")
    require(text.count("/") == 1, "form")
    bic, number = text.split("/")
    require(re.fullmatch("[A-Z]{6}[A-Z0-9]{2}", bic), "bic")
    require(re.fullmatch("[0-9]*", number), "character")
    require(4 <= len(number) <= 34, "length")
    return text


def handle(text, _home):
    text = lower(text)
    require(all(" " < c <= "~" for c in text), "character")
    require("/" in text, "form")
    platform, name = text.split("/", 1)
    require(re.fullmatch("[a-z0-9.-]{1,32}", platform), "platform")
    require(1 <= len(name) <= 64, "name")
    return text


RULES = {
    "phone": phone,
    "email": email,
    "national-id/ID": nik,
    "national-id/MY": mykad,
    "national-id/SG": nric,
    "tax-id/ID": lambda text, _home: digits_of(text, 16, add_zero_to=15),
    "business-id/ID": lambda text, _home: digits_of(text, 13),
    "business-id/MY": lambda text, _home: digits_of(text, 12),
    "bank-account": bank_account,
    "handle": handle,
}


def normalise(kind, typed, home):
    """The normal form of the bytes `typed`, or "!" and the code of the refusal."""
    try:
        require(len(typed) <= 256, "too-long")
        require(all(byte < 0x80 for byte in typed), "not-ascii")
        text = typed.decode("ascii").strip(" \t\n\r")
        require(text, "empty")
        return RULES[kind](text, home)
    except Refused as refused:
        return "!" + str(refused)


def unescape(text):
    named = {"t": b"\t", "n": b"\n", "r": b"\r", "\\": b"\\"}

    def one(match):
        escape = match[1].decode()
        return bytes([int(escape[1:], 16)]) if escape[0] == "x" else named[escape]

    return re.sub(rb"\\(x[0-9a-f]{2}|[tnr\\])", one, text.encode())


def main(path):
    wrong = checked = 0
    with open(path, encoding="ascii") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#"):
                continue
            kind, home, typed, expected = line.rstrip("\n").split("\t")
            expected = unescape(expected).decode("ascii")
            for region in TABLE if home == "*" else [home]:
                actual = normalise(kind, unescape(typed), region)
                again = actual if actual[0] == "!" else normalise(kind, actual.encode(), region)
                checked += 1
                if actual != expected or again != actual:
                    wrong += 1
                    print(f"line {number} in {region}: {actual}, expected {expected}")
    print(f"{checked} checks, {wrong} wrong")
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
