import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatDay } from "../src/format/date";
import { formatMoney } from "../src/format/money";
import { missingWords } from "../src/i18n/missing";
import { nameWords } from "../src/i18n/names";
import { proofWords } from "../src/i18n/proof";
import type { Language } from "../src/i18n/language";
import { isAboutTelling, sayMissing } from "../src/missing";

const LOCALES = { en: "en-GB", id: "id-ID", ms: "ms-MY" };

const said = (sentence: string, language: Language) =>
  sayMissing(sentence, {
    words: missingWords[language],
    day: (iso) => formatDay(iso, LOCALES[language]),
    money: (amount) => formatMoney(amount, LOCALES[language]),
    kind: (name) => proofWords[language].kinds[name] ?? name,
    reason: (name) => `<${name}>`,
    identifier: (type) => nameWords[language].identifiers[type] ?? type,
  });

// One of each form of node/evidence/admissibility.cc and node/ledger/publish.cc.
const SENTENCES = [
  "Add an identifier of the customer, like a phone number.",
  "Choose at most 4 identifiers; the incident has 5.",
  "its phone belongs to no one buyer: the shop's own number; withdraw the incident and file it again without that",
  "State the amount and its currency.",
  "Correct the amount: it is larger than can be recorded.",
  "Give the amount in IDR: the charter has no least amount in USD.",
  "Give the amount in IDR, MYR or SGD: the charter has no least amount in USD.",
  "The amount is too small to be shared: the charter asks for at least 100000 IDR.",
  "The amount is too small to be shared: the charter asks for at least 30.50 MYR.",
  "State the date on which it occurred.",
  "Correct the date on which it occurred: 2026-10-03 lies in the future.",
  "It is too old to be shared: the charter keeps this reason for 24 months after it occurred.",
  "It is too old to be shared: the charter keeps this reason for 1 month after it occurred.",
  "State the date on which payment was due.",
  "Wait until payment is overdue: it is due on 2026-10-03.",
  "Wait until 2026-10-02: the charter asks for 30 days since payment was due.",
  "Wait until 2026-10-02: the charter asks for 1 day since it occurred.",
  "Record at most 8 reminders; there are 9.",
  "Correct the dates of the reminders: one a day, in order.",
  "Correct the dates of the reminders: 2026-10-03 lies in the future.",
  "A first reminder, sent to the customer, is missing; one sent today counts.",
  "A first reminder, sent after the day payment was due (2026-08-31), is missing; one sent today counts, and 2 are needed in all.",
  "A second reminder, sent 7 days or more after the first (2026-09-07), is missing; it counts from 2026-09-14 on.",
  "An eighth reminder, sent 1 day or more after the seventh (2026-09-07), is missing; one sent today counts.",
  "Wait until 2026-10-02: the charter asks for 21 days since the first reminder, which was sent on 2026-09-11.",
  "Tell the customer that this may be reported to the circle, and record the day.",
  "Tell the customer that this may be reported to the circle, with the first reminder that counts or after it, and record the day; told today, it can be shared from 2026-10-11 on.",
  "Tell the customer again that this may be reported to the circle, with the first reminder that counts or after it, and record the day; told today, it can be shared from 2026-10-11 on: 2026-09-01 was before that reminder.",
  "Tell the customer again that this may be reported to the circle, and record the day.",
  "Correct the day on which the customer was told: 2026-10-03 lies in the future.",
  "Wait until 2026-10-02: the charter asks for 10 days since the customer was told, which was on 2026-09-22.",
  "Attach a proof of this kind: invoice.",
  "Attach a proof of this kind: invoice; none of the attached files is.",
  "Attach a proof of one of these kinds: invoice, delivery-note.",
  "Attach a proof of one of these kinds: invoice, delivery-note; none of the attached files is.",
  "Resolve the open dispute first.",
  "Have a person who neither filed nor changed it approve it.",
  "Choose another reason: this one steers your own shop and is never shared.",
  "Choose another reason: the charter of the circle does not let this one be shared. The circle's charter lets these be shared: invoice-overdue, no-show.",
];

describe("what is missing", () => {
  for (const sentence of SENTENCES) {
    it(`is known: ${sentence}`, () => {
      const all = [said(sentence, "en"), said(sentence, "id"), said(sentence, "ms")];
      expect(all).not.toContain(undefined);
      expect(new Set(all).size).toBe(3);
      for (const text of all) {
        expect(text).not.toMatch(/\d{4}-\d{2}-\d{2}|undefined|NaN/);
        // No number of the sentence is lost but those that are written in another way.
        for (const [number] of sentence.matchAll(/(?<![\d.-])\d{1,2}(?![\d.-])/g)) expect(text).toContain(number);
      }
    });
  }

  it("has days, money and names as they are written in the language", () => {
    expect(said("The amount is too small to be shared: the charter asks for at least 100000 IDR.", "id")).toContain(
      "Rp\u00a0100.000",
    );
    expect(said("The amount is too small to be shared: the charter asks for at least 30.50 MYR.", "ms")).toContain(
      "RM\u00a030.50",
    );
    expect(said("Attach a proof of one of these kinds: invoice, delivery-note.", "id")).toContain("Faktur atau Surat jalan");
    expect(
      said(
        "A second reminder, sent 7 days or more after the first (2026-09-07), is missing; it counts from 2026-09-14 on.",
        "ms",
      ),
    ).toBe("Peringatan kedua, dihantar 7 hari atau lebih selepas peringatan pertama (7 Sep 2026), belum ada; dikira mulai 14 Sep 2026.");
  });

  it("is known where it is about telling the buyer", () => {
    expect(SENTENCES.filter(isAboutTelling).length).toBe(6);
  });

  it("that is not known has no words", () => expect(said("Something new.", "id")).toBeUndefined());

  // Every sentence that the node's own tests come upon.
  const file = new URL("../../tests/node/evidence/missing_sentences.txt", import.meta.url);
  it.skipIf(!existsSync(file))("is known in every form that the node has", () => {
    const lines = readFileSync(file, "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => said(line, "id") === undefined)).toEqual([]);
  });
});
