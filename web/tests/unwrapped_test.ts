import { describe, expect, it } from "vitest";
import { unwrapped } from "../src/pages/incidents/unwrapped";

describe("a letter", () => {
  it("is shown by the paragraph, and its short lines as they are", () => {
    const letter = [
      "To Budi",
      "",
      "This shop is about to tell its partner",
      "shops that an invoice is not paid. You",
      "have 7 days.",
      "",
      "- Amount: Rp 4.500.000",
      "- Due: 1 October 2026",
      "",
      "Toko A",
    ].join("\n");
    expect(unwrapped(letter)).toBe(
      [
        "To Budi",
        "",
        "This shop is about to tell its partner shops that an invoice is not paid. You have 7 days.",
        "",
        "- Amount: Rp 4.500.000",
        "- Due: 1 October 2026",
        "",
        "Toko A",
      ].join("\n"),
    );
    expect(unwrapped("")).toBe("");
  });
});
