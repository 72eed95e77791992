import { describe, expect, it } from "vitest";
import { differsAt, digitsOf, inGroups } from "../src/pages/partners/first_entry";

const ENTRY = "0f1e2d3c".repeat(8);

describe("the first entry of a new log", () => {
  it("is shown in groups of four", () => {
    expect(inGroups(ENTRY)).toHaveLength(16);
    expect(inGroups(ENTRY)[1]).toBe("2d3c");
  });

  it("is typed with gaps and in either case", () => {
    expect(digitsOf("0F1E 2d3c-")).toBe("0f1e2d3c");
    expect(differsAt("0F1E 2D3C", ENTRY)).toBe(0);
  });

  it("says in which group it differs", () => {
    expect(differsAt("0f1e 2d3d", ENTRY)).toBe(2);
    expect(differsAt("xf1e", ENTRY)).toBe(1);
    expect(differsAt(`${ENTRY}0`, ENTRY)).toBe(17);
  });
});
