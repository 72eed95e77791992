// Words of one part of the console in all languages. The type of the English ones is what the others
// have to fill: a missing one is an error of the type checker.
import { type Language, language, useLanguage } from "./language";

export type Words<W> = Readonly<Record<Language, W>>;

export function makeWords<W>(en: W, id: NoInfer<W>, ms: NoInfer<W>): Words<W> {
  return { en, id, ms };
}

// In the language chosen now; the component is drawn again when it changes.
export function useWords<W>(words: Words<W>): W {
  return words[useLanguage()];
}

// The same outside of components.
export function wordsNow<W>(words: Words<W>): W {
  return words[language.get()];
}
