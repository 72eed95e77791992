// Formats in the language and region of whoever looks.
import { useMemo } from "preact/hooks";
import { useLanguage } from "../i18n/language";
import { useSession } from "../session";
import { formatAge, formatDay, formatLength, formatMonth, formatSpan, formatTime } from "./date";
import { localeOf, numberLocale } from "./locale";
import { type Amount, formatMoney, moneyAsTyped, parseMoney } from "./money";
import { formatSize } from "./size";

export function useFormat() {
  const language = useLanguage();
  const region = useSession()?.region ?? "";
  return useMemo(() => {
    const locale = localeOf(language, region);
    return {
      locale,
      money: (amount: Amount) => formatMoney(amount, locale),
      moneyAsTyped: (amount: Amount) => moneyAsTyped(amount, locale),
      parseMoney: (text: string, currency: string) => parseMoney(text, currency, locale),
      day: (iso: string) => formatDay(iso, locale),
      time: (iso: string) => formatTime(iso, locale),
      month: (month: string) => formatMonth(month, locale),
      // "40 days ago", of a day or a time.
      age: (iso: string) => formatAge(iso, locale, new Date()),
      // The same of seconds from now; the past is negative.
      span: (seconds: number) => formatSpan(seconds, locale),
      // "2 hours", of seconds.
      length: (seconds: number) => formatLength(seconds, locale),
      number: (value: number | bigint) => new Intl.NumberFormat(numberLocale(locale)).format(value),
      // Of a file, in bytes.
      size: (bytes: number | bigint) => formatSize(Number(bytes), numberLocale(locale)),
      percent: (ppm: number | bigint, decimals = 0) =>
        new Intl.NumberFormat(numberLocale(locale), {
          style: "percent",
          maximumFractionDigits: decimals,
        }).format(Number(ppm) / 1_000_000),
      list: (items: string[]) => new Intl.ListFormat(locale, { type: "conjunction" }).format(items),
    };
  }, [language, region]);
}
