import { describe, expect, it } from "vitest";
import { minorDigits } from "../src/format/currency";
import { formatMoney, moneyAsTyped, parseMoney } from "../src/format/money";

const rupiah = (minor: bigint) => ({ minor, currency: "IDR" });
const ringgit = (minor: bigint) => ({ minor, currency: "MYR" });

describe("money", () => {
  it("is written as people in Indonesia write it", () => {
    expect(formatMoney(rupiah(450_000_000n), "id-ID")).toBe("Rp\u00a04.500.000");
    expect(formatMoney(rupiah(450_000_050n), "id-ID")).toBe("Rp\u00a04.500.000,50");
  });

  it("is written in English as people around the shop write it", () => {
    expect(formatMoney(rupiah(450_000_000n), "en-ID")).toBe("Rp\u00a04.500.000");
    expect(parseMoney("4.500.000", "IDR", "en-ID")).toEqual({ minor: 450_000_000n });
  });

  it("is written as people in Malaysia write it", () => {
    expect(formatMoney(ringgit(123_450n), "ms-MY")).toBe("RM\u00a01,234.50");
    expect(formatMoney(ringgit(5n), "ms-MY")).toBe("RM\u00a00.05");
  });

  it("is exact where a floating point number is not", () => {
    expect(formatMoney(ringgit(900_719_925_474_099_3n), "en-MY")).toBe("RM\u00a090,071,992,547,409.93");
  });

  it("has the digits of its currency", () => {
    expect(["IDR", "JPY", "KWD"].map(minorDigits)).toEqual([2, 0, 3]);
    expect(formatMoney({ minor: 1500n, currency: "JPY" }, "en-GB")).toBe("JPY\u00a01,500");
    expect(formatMoney({ minor: 1500n, currency: "KWD" }, "en-GB")).toBe("KWD\u00a01.500");
  });

  it("is read as it is written", () => {
    for (const [text, currency, locale, minor] of [
      ["4.500.000", "IDR", "id-ID", 450_000_000n],
      ["Rp 4500000", "IDR", "id-ID", 450_000_000n],
      ["4.500.000,50", "IDR", "id-ID", 450_000_050n],
      ["1,234.5", "MYR", "ms-MY", 123_450n],
      ["RM1,234.50", "MYR", "ms-MY", 123_450n],
      ["55", "MYR", "ms-MY", 5_500n],
      ["1,500", "JPY", "en-GB", 1_500n],
      ["2.00", "JPY", "en-GB", 2n],
    ] as const) {
      expect(parseMoney(text, currency, locale), text).toEqual({ minor });
    }
  });

  it("is refused rather than guessed", () => {
    for (const [text, currency, locale, fault] of [
      ["1.50", "IDR", "id-ID", "format"],
      ["4,500,000", "IDR", "id-ID", "format"],
      ["1.2345", "MYR", "ms-MY", "decimals"],
      ["12.5", "JPY", "en-GB", "decimals"],
      ["-5", "MYR", "ms-MY", "format"],
      ["", "MYR", "ms-MY", "format"],
      ["many", "MYR", "ms-MY", "format"],
      ["99999999999999", "MYR", "ms-MY", "large"],
    ] as const) {
      expect(parseMoney(text, currency, locale), text).toEqual({ fault });
    }
  });

  it("can be typed as it is shown", () => {
    for (const locale of ["id-ID", "ms-MY", "en-GB", "en-SG"]) {
      const text = moneyAsTyped(ringgit(123_450n), locale);
      expect(parseMoney(text, "MYR", locale)).toEqual({ minor: 123_450n });
    }
  });
});
