// What the node wants thought of (node/service/status_handlers.cc), in the words of whoever looks.
import type { overview } from "../../i18n/en/overview";

type Words = (typeof overview)["notices"];

export interface Notice {
  text: string;
  // Where something can be done about it: a page and what stands behind it.
  at?: readonly [page: string, part?: string];
}

const FORMS: [pattern: RegExp, said: (words: Words, count: number) => Notice][] = [
  [/^This node is in test mode /, (t) => ({ text: t.testMode })],
  [/^The keystore is opened by the unlock file /, (t) => ({ text: t.unlockFile })],
  [/^No partner is active: /, (t) => ({ text: t.noPartner, at: ["partners"] })],
  [/^(\d+) identifiers? (?:is|are) taken to be many people's /, (t, n) => ({ text: t.warnings(n), at: ["groups"] })],
  [/^(\d+) requests? of (?:a partner's|partners') for proof waits? /, (t, n) => ({ text: t.requests(n), at: ["log", "proof"] })],
  [/^(\d+) disputes? of (?:a report|reports) waits? /, (t, n) => ({ text: t.disputes(n), at: ["incidents"] })],
];

// Undefined for what is not known here.
export function noticeOf(sentence: string, words: Words): Notice | undefined {
  for (const [pattern, said] of FORMS) {
    const found = pattern.exec(sentence);
    if (found) return said(words, Number(found[1] ?? 0));
  }
  return undefined;
}
