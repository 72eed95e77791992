// The language of the console: the browser's, or what was chosen here.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { kept, keep } from "../kept";
import { makeStore, useStore } from "../store";

export const LANGUAGES = ["id", "ms", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

// Each language as those who speak it write it.
export const LANGUAGE_NAMES: Record<Language, string> = {
  id: "Bahasa Indonesia",
  ms: "Bahasa Melayu",
  en: "English",
};

const KEY = "daftar.language";

export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const first = tag.toLowerCase().split("-")[0];
    // "in" is what older browsers call Indonesian.
    if (first === "in") return "id";
    const found = LANGUAGES.find((language) => language === first);
    if (found) return found;
  }
  return "en";
}

function initial(): Language {
  const chosen = kept(KEY);
  const found = LANGUAGES.find((language) => language === chosen);
  return found ?? languageOf(typeof navigator === "undefined" ? [] : navigator.languages);
}

export const language = makeStore<Language>(initial());

export function chooseLanguage(next: Language) {
  keep(KEY, next);
  language.set(next);
}

// The language of a part of the page that is for somebody else, where it is another.
export const Spoken = createContext<Language | undefined>(undefined);

export function useLanguage(): Language {
  const chosen = useStore(language);
  return useContext(Spoken) ?? chosen;
}
