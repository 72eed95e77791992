import type { Language } from "../i18n/language";

// How numbers and days are written: by the language, except that English follows the shop's region,
// whose way of writing its people know.
export function localeOf(language: Language, region: string): string {
  if (language === "id") return "id-ID";
  if (language === "ms") return region === "SG" ? "ms-SG" : region === "BN" ? "ms-BN" : "ms-MY";
  return /^[A-Z]{2}$/.test(region) ? `en-${region}` : "en-GB";
}

// Older browsers do not know how numbers are written in English there.
export const numberLocale = (locale: string) => (locale === "en-ID" ? "id-ID" : locale);
