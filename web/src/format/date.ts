// Days and times in the words of the language. The node sends ISO 8601 in UTC.

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

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

// "40 days ago" or "in 3 days", for seconds from now. Debts are counted in days, so that there are
// neither weeks nor months, and years only from two on.
export function formatSpan(seconds: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const size = Math.abs(seconds);
  for (const [unit, least] of STEPS) {
    if (size < (unit === "year" ? 2 * least : least)) continue;
    return format.format(Math.sign(seconds) * Math.floor(size / least), unit);
  }
  return format.format(0, "second");
}

// From now to the time; of a day, in whole days of the reader's calendar.
export function spanTo(iso: string, now: Date): number {
  if (!isDay(iso)) return (new Date(iso).getTime() - now.getTime()) / 1000;
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return ((Date.parse(iso) - today) / DAY_MS) * 86_400;
}

export function formatAge(iso: string, locale: string, now: Date): string {
  if (isDay(iso)) {
    const days = Math.round(spanTo(iso, now) / 86_400);
    if (Math.abs(days) < 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "day");
  }
  return formatSpan(spanTo(iso, now), locale);
}

// The reader's day as the node takes it.
export function isoDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
