// Money as people write it: "Rp 4.500.000", "RM 1,234.50". Amounts are whole minor units.
import { minorDigits } from "./currency";
import { numberLocale } from "./locale";

// The most that the node records (node/evidence/money.h).
export const MOST_MINOR = 1_000_000_000_000_000n;

export interface Amount {
  minor: bigint;
  currency: string;
}

interface Separators {
  group: string;
  decimal: string;
}

const separatorsByLocale = new Map<string, Separators>();

export function separators(locale: string): Separators {
  let found = separatorsByLocale.get(locale);
  if (!found) {
    const parts = new Intl.NumberFormat(numberLocale(locale), {
      minimumFractionDigits: 1,
    }).formatToParts(12345.6);
    const part = (type: string) => parts.find((each) => each.type === type)?.value;
    found = { group: part("group") ?? ",", decimal: part("decimal") ?? "." };
    separatorsByLocale.set(locale, found);
  }
  return found;
}

// The symbol that stands for the currency at home; the code elsewhere.
const SYMBOLS: Record<string, string> = { IDR: "Rp", MYR: "RM" };

function digits(amount: Amount, locale: string, grouped: boolean): string {
  const decimals = minorDigits(amount.currency);
  const unit = 10n ** BigInt(decimals);
  const whole = amount.minor / unit;
  const rest = amount.minor % unit;
  const { group, decimal } = separators(locale);
  const text = grouped ? whole.toString().replace(/\B(?=(\d{3})+$)/g, group) : whole.toString();
  // Nobody writes sen of a rupiah, unless there are some.
  if (decimals === 0 || (rest === 0n && (amount.currency === "IDR" || !grouped))) return text;
  return text + decimal + rest.toString().padStart(decimals, "0");
}

export function formatMoney(amount: Amount, locale: string): string {
  // A space that no line is broken at.
  return `${SYMBOLS[amount.currency] ?? amount.currency}\u00a0${digits(amount, locale, true)}`;
}

// As one would type it into a field.
export function moneyAsTyped(amount: Amount, locale: string): string {
  return digits(amount, locale, true);
}

export type ParsedMoney = { minor: bigint } | { fault: "format" | "decimals" | "large" };

// What a person typed: grouped or not, with the locale's decimal sign. "1.500" is fifteen hundred
// where the point groups; where it separates decimals it is one and a half, which only passes when
// the currency has so many digits. Empty text has no amount.
export function parseMoney(text: string, currency: string, locale: string): ParsedMoney {
  const { group, decimal } = separators(locale);
  const plain = text
    .trim()
    .replace(/^(rp\.?|rm|[a-z]{3})\s*/i, "")
    .replace(/[\s\u00a0\u202f]/g, "");
  const [whole = "", fraction, ...more] = plain.split(decimal);
  if (more.length > 0) return { fault: "format" };
  const groups = whole.split(group);
  const grouped = groups.length > 1;
  const well = grouped
    ? /^\d{1,3}$/.test(groups[0] ?? "") && groups.slice(1).every((each) => /^\d{3}$/.test(each))
    : /^\d+$/.test(whole);
  if (!well || (fraction !== undefined && !/^\d+$/.test(fraction))) return { fault: "format" };
  const decimals = minorDigits(currency);
  const cents = (fraction ?? "").replace(/0+$/, "");
  if (cents.length > decimals) return { fault: "decimals" };
  const minor = BigInt(groups.join("") + cents.padEnd(decimals, "0"));
  return minor > MOST_MINOR ? { fault: "large" } : { minor };
}
