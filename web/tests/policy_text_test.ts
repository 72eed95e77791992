import { describe, expect, it } from "vitest";
import { percentOf, ppmOf, setValue, typedNumber, valuesOf } from "../src/pages/policy/text";

const FILE = `# Ours.
version = 1

[thresholds]
deposit_ppm = 100000  # 10 %: a deposit is asked
prepay_ppm = 200000

[caps]
partners = "prepay"  # never more

[reasons.no-show]
weight_ppm = 500000
`;

describe("a policy's file", () => {
  it("names its values with their lines", () => {
    expect(valuesOf(FILE)).toEqual([
      { key: "version", value: "1", line: 2 },
      { key: "thresholds.deposit_ppm", value: "100000", line: 5 },
      { key: "thresholds.prepay_ppm", value: "200000", line: 6 },
      { key: "caps.partners", value: "prepay", line: 9 },
      { key: "reasons.no-show.weight_ppm", value: "500000", line: 12 },
    ]);
  });

  it("is changed at one value, whose remark goes with it", () => {
    const changed = setValue(FILE, "thresholds.deposit_ppm", "125000");
    expect(changed.split("\n")[4]).toBe("deposit_ppm = 125000");
    expect(changed.replace("deposit_ppm = 125000", "deposit_ppm = 100000  # 10 %: a deposit is asked")).toBe(FILE);
  });

  it("changes a word", () => {
    expect(setValue(FILE, "caps.partners", '"review"')).toContain('partners = "review"\n');
  });

  it("takes what was left out into its section", () => {
    const changed = setValue(FILE, "thresholds.review_ppm", "350000");
    expect(changed).toContain("[thresholds]\nreview_ppm = 350000\ndeposit_ppm");
    expect(setValue("version = 1\n", "caps.stale", '"deposit"')).toBe('version = 1\n\n[caps]\nstale = "deposit"\n');
  });
});

describe("numbers that are typed", () => {
  it("have a comma or a point", () => {
    expect(typedNumber("12,5", ",")).toBe(12.5);
    expect(typedNumber(" 12.5 ", ",")).toBe(12.5);
    expect(typedNumber("92,691", ",")).toBe(92.691);
    expect(typedNumber("", ",")).toBeUndefined();
    expect(typedNumber("-1", ",")).toBeUndefined();
    expect(typedNumber("1.000,5", ",")).toBeUndefined();
  });

  it("are not taken for a thousandth of what they mean", () => {
    expect(typedNumber("1.000", ",")).toBeUndefined();
    expect(typedNumber("1,000", ".")).toBeUndefined();
  });

  it("are percent of a whole", () => {
    expect(ppmOf(12.5)).toBe(125_000);
    expect(percentOf(125_000)).toBe(12.5);
  });
});
