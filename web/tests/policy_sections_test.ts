import { describe, expect, it } from "vitest";
import { sectionsOf } from "../src/pages/policy/sections";

const TOML = `version = 1

[rate]
prior_ppm = 50000

[thresholds]
deposit_ppm = 120000

[reasons.no-show]
weight_ppm = 500000
`;
const line = (key: string, value: string, defaultValue = value) => ({ key, value, defaultValue });
const LINES = [
  line("rate.prior_ppm", "50000"),
  line("thresholds.deposit_ppm", "100000"),
  line("thresholds.prepay_ppm", "200000"),
  line("reasons.no-show.weight_ppm", "400000", "400000"),
  line("reasons.late.weight_ppm", "300000", ""),
];
const none = new Set<string>();

describe("a policy's sections", () => {
  it("begin with those that are changed often", () => {
    const sections = sectionsOf(LINES, TOML, [], none);
    expect(sections.map(({ name, often }) => [name, often])).toEqual([
      ["thresholds", true],
      ["rate", false],
      ["reasons", false],
    ]);
    expect(sections.flatMap(({ lines }) => lines)).toHaveLength(LINES.length);
  });

  it("count what is other than usual in the draft", () => {
    const unusual = sectionsOf(LINES, TOML, [], none).map((each) => each.unusual);
    expect(unusual).toEqual([1, 0, 1]);
  });

  it("are known when something in them is wrong, in the file or as it is typed", () => {
    const faulty = (faults: { line: number }[], wrong = none) =>
      sectionsOf(LINES, TOML, faults, wrong).filter((each) => each.faulty).map(({ name }) => name);
    expect(faulty([])).toEqual([]);
    expect(faulty([{ line: 10 }])).toEqual(["reasons"]);
    expect(faulty([{ line: 0 }])).toEqual([]);
    expect(faulty([], new Set(["thresholds.prepay_ppm"]))).toEqual(["thresholds"]);
  });
});
