import { describe, expect, it } from "vitest";
import { overviewWords } from "../src/i18n/overview";
import { noticeOf } from "../src/pages/overview/notices";

const SENTENCES = [
  "This node is in test mode (test_mode in config.toml): answers about test identifiers are made up, and it can have no partners.",
  "The keystore is opened by the unlock file beside it: whoever copies the directory has the keys.",
  "No partner is active: nobody copies or cosigns this log, and checks have no partner's answer.",
  "1 identifier is taken to be many people's and wait for somebody to look: `daftar warning list`.",
  "12 identifiers are taken to be many people's and wait for somebody to look: `daftar warning list`.",
  "1 request of a partner's for proof waits for a manager to decide, the oldest for 2 days: `daftar proof requests`.",
  "3 requests of partners' for proof wait for a manager to decide, the oldest for 2 days: `daftar proof requests`.",
  "1 dispute of a report waits for an answer longer than the charter's flag_days, the oldest for 9 days.",
  "4 disputes of reports wait for an answer longer than the charter's flag_days, the oldest for 9 days.",
];

describe("what is good to know", () => {
  it("is said in each language, with how many there are", () => {
    for (const sentence of SENTENCES) {
      for (const language of ["en", "id", "ms"] as const) {
        const text = noticeOf(sentence, overviewWords[language].notices)?.text;
        expect(text, sentence).toBeTruthy();
        const count = /^[2-9]\d*|^1\d+/.exec(sentence)?.[0];
        if (count) expect(text).toContain(count);
      }
    }
  });

  it("stays with the node where it is not known here", () =>
    expect(noticeOf("Something new.", overviewWords.en.notices)).toBeUndefined());
});
