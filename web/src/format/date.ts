// Days and times in the words of the language. The node sends ISO 8601 in UTC.

import { numberLocale } from "./locale";

const DAY_MS = 86_400_000;

// "2026-11-30" is a day wherever one reads it; a whole time is read in the reader's zone.
const isDay = (iso: string) => /^\d{4}-\d{2}-\d{2}$/.test(iso);

export function formatDay(iso: string, locale: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    ...(isDay(iso) ? { timeZone: "UTC" } : {}),
  }).format(date);
}

export function formatTime(iso: string, locale: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  if (isDay(iso)) return formatDay(iso, locale);
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }).format(date);
}

// "2026-11" as "November 2026".
export function formatMonth(month: string, locale: string): string {
  const date = new Date(`${month}-01`);
  if (Number.isNaN(date.getTime())) return month;
  return new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(date);
}

const DAY_S = 86_400;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * DAY_S],
  ["day", DAY_S],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

// "40 days ago" or "in 3 days", for seconds from now. Debts are counted in days, so that there are
// neither weeks nor months, and years only from two on. Days are spans of 24 hours here, which no
// calendar knows: "1 day ago", never "yesterday".
export function formatSpan(seconds: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: Math.abs(seconds) < 1 ? "auto" : "always" });
  const size = Math.abs(seconds);
  for (const [unit, least] of STEPS) {
    if (size < (unit === "year" ? 2 * least : least)) continue;
    return format.format(Math.sign(seconds) * Math.floor(size / least), unit);
  }
  return format.format(0, "second");
}

// "2 hours": how long something is, begun units counted in full.
export function formatLength(seconds: number, locale: string): string {
  const size = Math.max(0, seconds);
  const [unit, least] = STEPS.slice(1).find((step) => size >= step[1]) ?? (["second", 1] as const);
  return new Intl.NumberFormat(numberLocale(locale), { style: "unit", unit, unitDisplay: "long" }).format(
    Math.ceil(size / least),
  );
}

// From now to the time; of a day, in whole days of the reader's calendar.
export function spanTo(iso: string, now: Date): number {
  if (!isDay(iso)) return (new Date(iso).getTime() - now.getTime()) / 1000;
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return ((Date.parse(iso) - today) / DAY_MS) * 86_400;
}

// Whole days of the reader's calendar, so that it agrees with the date that stands beside it; less than
// a day from now, of a time, in hours and minutes.
export function formatAge(iso: string, locale: string, now: Date): string {
  const span = spanTo(iso, now);
  if (Number.isNaN(span)) return iso;
  if (!isDay(iso) && Math.abs(span) < DAY_S) return formatSpan(span, locale);
  const days = Math.round(spanTo(isDay(iso) ? iso : isoDay(new Date(iso)), now) / DAY_S);
  if (Math.abs(days) >= 2 * 365) return formatSpan(days * DAY_S, locale);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
}

// The reader's day as the node takes it.
export function isoDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
