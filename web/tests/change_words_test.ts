import { describe, expect, it } from "vitest";
import { logWords } from "../src/i18n/log";
import { proofWords } from "../src/i18n/proof";
import { sayChange } from "../src/pages/log/change_words";

const say = (text: string) =>
  sayChange(text, {
    words: logWords.id.objects,
    kind: (name) => proofWords.id.kinds[name],
    role: (name) => (name === "staff" ? "Staf" : undefined),
    effect: (name) => (name === "accept" ? "Terima" : undefined),
  });

describe("what a change is about", () => {
  it("is said in the language chosen", () => {
    expect(say("receipts from 0 to 3")).toBe("pemeriksaan 0 sampai 3");
    expect(say("#1 order")).toBe("berkas 1 (Pesanan)");
    expect(say(`request 00ff of b.example/daftar: #1 order ${"0a".repeat(32)}`)).toBe(
      "diminta b.example/daftar: berkas 1 (Pesanan)",
    );
    expect(say("#2: wrong file")).toBe("berkas 2: wrong file");
    expect(say("with a code")).toBe("dengan kode");
    expect(say("without a code: she came with her card")).toBe("tanpa kode: she came with her card");
    expect(say("siti as staff")).toBe("siti: Staf");
    expect(say("3f0c to accept")).toBe("3f0c: Terima");
  });

  it("stays as it came where it has no form that is known", () => {
    for (const text of ["", "3f0c", "the #1 customer of all", "went to court", "known as siti", "invoice #12 paid"]) {
      expect(say(text)).toBe(text);
    }
  });
});
