"""The charter, a TOML file, as docs/charter.md has it."""
import re
import tomllib

from encoding import Malformed, require, sha256

MAX_BYTES, MAX_STOPS = 262144, 2000
MAX_MINOR = 10**15

# ISO 4217, currencies in use, without funds, metals and test codes.
NO_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split()
THREE_MINOR = "BHD IQD JOD KWD LYD OMR TND".split()
TWO_MINOR = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP
MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS
VED VES WST XCD XCG YER ZAR ZMW ZWG""".split()
CURRENCIES = {**dict.fromkeys(NO_MINOR, 0), **dict.fromkeys(TWO_MINOR, 2),
              **dict.fromkeys(THREE_MINOR, 3)}

REGIONS = ("ID", "MY", "SG", "BN", "TH", "PH", "VN", "TL")
REASONS = ("deposit-unsettled", "invoice-overdue", "invoice-unpaid-reminded",
           "cancelled-after-work", "no-show", "payment-reversed", "agreement-broken")
FIELDS = ("identifier", "amount", "occurred", "due")
PROOF_KINDS = ("order", "agreement", "delivery-note", "invoice", "reminder", "payment-record",
               "correspondence")


class Table:
    """A TOML table whose keys are all to be asked for."""

    def __init__(self, values, where):
        require(isinstance(values, dict), f"{where} is no table")
        self.values, self.where, self.asked = values, where, set()

    def get(self, key, kind, default=None):
        """None as default: the key must be there."""
        self.asked.add(key)
        if key not in self.values:
            require(default is not None, f"{self.where} lacks {key}")
            return default
        value = self.values[key]
        require(type(value) is kind, f"{key} is of another type")  # True is no integer here
        return value

    def integer(self, key, least, most, default=None):
        value = self.get(key, int, default)
        require(least <= value <= most, f"{key} is out of bounds")
        return value

    def text(self, key, most, one_line=True):
        value = self.get(key, str)
        require(1 <= len(value.encode()) <= most, f"{key} is empty or too long")
        require(not one_line or not re.search("[\n\r]", value), f"{key} has several lines")
        return value

    def choices(self, key, known):
        values = self.get(key, list, [])
        require(all(value in known for value in values if isinstance(value, str)),
                f"{key} has an unknown word")
        require(all(isinstance(value, str) for value in values), f"{key} is of another type")
        require(len(set(values)) == len(values), f"{key} has a word twice")
        return values

    def amounts(self, key):
        values = self.get(key, dict, {})
        return {currency: minor_units(text, currency) for currency, text in values.items()}

    def table(self, key):
        return Table(self.get(key, dict, {}), key)

    def end(self):
        require(not self.values.keys() - self.asked, f"{self.where} has an unknown key")


def minor_units(text, currency):
    require(currency in CURRENCIES, "an unknown currency")
    require(isinstance(text, str), "an amount is no text")
    digits = CURRENCIES[currency]
    match = re.fullmatch(r"([0-9]+)(?:\.([0-9]{1,%d}))?" % max(digits, 1), text, re.ASCII)
    require(match and (digits or not match[2]), "no amount")
    value = int(match[1]) * 10**digits + int((match[2] or "").ljust(digits, "0") or "0")
    require(value <= MAX_MINOR, "an amount is too large")
    return value


class Profile:
    """What the charter asks of a report of one reason."""

    def __init__(self, table):
        table.text("legal_basis", 300)
        self.required = table.choices("required", FIELDS)
        self.least_amount = table.amounts("least_amount")
        self.least_age_days = table.integer("least_age_days", 0, 3650, 0)
        self.reminders = table.integer("reminders", 0, 8, 0)
        self.reminder_spacing_days = table.integer("reminder_spacing_days", 0, 365, 0)
        self.first_reminder_least_days = table.integer("first_reminder_least_days", 0, 365, 0)
        self.told_beforehand = table.get("told_beforehand", bool, False)
        self.told_least_days = table.integer("told_least_days", 0, 365, 0)
        self.proof = table.choices("proof", PROOF_KINDS)
        self.second_person = table.get("second_person", bool, False)
        self.hold_hours = table.integer("hold_hours", 0, 2160, 0)
        self.retention_months = table.integer("retention_months", 1, 60, 24)
        require(self.reminder_spacing_days == 0 or self.reminders >= 2, "spacing needs reminders")
        require(self.first_reminder_least_days == 0 or self.reminders >= 1, "needs a reminder")
        require(self.told_least_days == 0 or self.told_beforehand, "needs told_beforehand")
        require("proof" not in table.values or self.proof, "proof is empty")
        table.end()


class Charter:
    """Raises Malformed where the file is no valid charter."""

    def __init__(self, data):
        require(len(data) <= MAX_BYTES and data.count(b".") <= MAX_STOPS, "the charter is too large")
        try:
            values = tomllib.loads(data.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise Malformed("the charter is no TOML") from error
        self.digest = sha256(data)
        top = Table(values, "the charter")
        top.integer("version", 1, 1)
        circle = top.get("circle", str)
        require(re.fullmatch("[0-9a-f]{32}", circle, re.ASCII) and circle.strip("0"), "no circle")
        self.circle = bytes.fromhex(circle)
        top.text("name", 100)
        top.text("purpose", 4000, one_line=False)
        require(top.get("region", str) in REGIONS, "an unknown region")
        top.integer("tick_ms", 100, 600000, 30000)
        top.integer("stale_after_s", 10, 604800, 3600)
        self.read_bounds(top)
        reasons = top.get("reasons", dict)
        require(reasons and all(name in REASONS for name in reasons), "an unknown reason, or none")
        self.reasons = {REASONS.index(name) + 1: Profile(Table(profile, name))
                        for name, profile in reasons.items()}
        top.end()

    def read_bounds(self, top):
        dispute, withdrawal = top.table("dispute"), top.table("withdrawal")
        flag = dispute.integer("flag_days", 1, 90, 14)
        self.withdraw_days = dispute.integer("withdraw_days", 1, 180, 30)
        require(self.withdraw_days >= flag, "withdraw_days is less than flag_days")
        self.after_settlement_hours = withdrawal.integer("after_settlement_hours", 0, 48, 48)
        self.erase_after_hours = withdrawal.integer("erase_after_hours", 0, 720, 48)
        quota, quarantine = top.table("quota"), top.table("quarantine")
        partner = quota.integer("evaluations_per_partner_per_day", 1, 10**6, 10000)
        node = quota.integer("evaluations_per_node_per_day", 1, 10**7, 50000)
        require(node >= partner, "the node's quota is less than a partner's")
        quarantine.integer("flood_least_reports", 1, 100000, 200)
        quarantine.integer("flood_times_usual", 2, 1000, 10)
        quarantine.integer("withdrawn_least", 1, 1000, 5)
        quarantine.integer("withdrawn_percent", 1, 100, 20)
        shared = top.table("shared_identifier")
        shared.integer("live_reports", 1, 1000, 24)
        shared.integer("names", 2, 15, 5)
        top.amounts("small_amount")
        for table in (dispute, withdrawal, quota, quarantine, shared):
            table.end()

    def longest_retention(self):
        return max(profile.retention_months for profile in self.reasons.values())
