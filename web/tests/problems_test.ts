import { describe, expect, it } from "vitest";
import { overviewWords } from "../src/i18n/overview";
import { policyWords } from "../src/i18n/policy";
import { groupProblems, PROBLEM_PAGES } from "../src/pages/overview/problems";
import { notesOf } from "../src/pages/policy/notes";
import { routes } from "../src/routes";

// As node.proto and policy.proto list them.
const KINDS = [
  "log", "publishing", "no-log", "policy", "charter", "outcomes", "proof-files", "codes", "reviews", "clock",
  "expiry", "proof-requests", "purging", "partner", "partner-certificate", "partner-charter", "partners",
];
const NOTES = ["own-orders-only", "newer-half", "not-in-it", "prepaid", "older", "late"];
const known = (kind: string) => KINDS.includes(kind);

describe("problems of the node", () => {
  it("have words for each kind that it names, in every language, and a page that exists", () => {
    for (const words of Object.values(overviewWords)) {
      expect(Object.keys(words.problems).sort()).toEqual([...KINDS].sort());
    }
    for (const [kind, page] of Object.entries(PROBLEM_PAGES)) {
      expect(KINDS).toContain(kind);
      expect(routes.map(({ path }) => path)).toContain(page);
    }
  });

  it("stand together by what they are about", () => {
    const kinds = ["partner", "policy", "partner", "policy"];
    expect(groupProblems(["B: old", "line 3", "C: forked", "line 9"], kinds, known)).toEqual([
      { kind: "partner", sentences: ["B: old", "C: forked"] },
      { kind: "policy", sentences: ["line 3", "line 9"] },
    ]);
  });

  it("stand in the node's words where it names no kind, or one of a later version", () => {
    expect(groupProblems(["one", "two", "three"], ["clock", "moon", "moon"], known)).toEqual([
      { kind: "clock", sentences: ["one"] },
      { kind: "", sentences: ["two"] },
      { kind: "", sentences: ["three"] },
    ]);
    expect(groupProblems(["one"], [], known)).toEqual([{ kind: "", sentences: ["one"] }]);
  });
});

describe("notes of a back-test", () => {
  it("have words for each kind, in every language", () => {
    for (const words of Object.values(policyWords)) {
      expect(Object.keys(words.noted).sort()).toEqual([...NOTES].sort());
    }
  });

  it("are said in words that are known here, and otherwise in the node's", () => {
    const said = { prepaid: (n: number, shown: string) => `${shown} prepaid (${n})` };
    const noted = [{ kind: "prepaid", number: 1_200n }, { kind: "moon", number: 0n }];
    expect(notesOf(["a", "b"], noted, said, (n) => `#${n}`)).toEqual(["#1200 prepaid (1200)", "b"]);
    expect(notesOf(["a", "b"], [], said, String)).toEqual(["a", "b"]);
  });
});
