import { describe, expect, it } from "vitest";
import { languageOf } from "../src/i18n/language";

type Tree = { [key: string]: unknown };

const files = import.meta.glob<Record<string, unknown>>("../src/i18n/*.ts", { eager: true });
const parts = Object.entries(files).flatMap(([path, file]) =>
  Object.entries(file)
    .filter(([name]) => name.endsWith("Words") && name !== "makeWords" && name !== "useWords")
    .map(([name, words]) => ({ path, name, words: words as Record<string, Tree> })),
);

// Each text with the way to it; functions are called with what they take.
function leaves(tree: Tree, way = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const here = `${way}.${key}`;
    if (typeof value === "string") return [[here, value]];
    if (typeof value === "function") return [[here, String(value(...Array(value.length).fill("7")))]];
    return leaves(value as Tree, here);
  });
}

describe("words", () => {
  it("are there for each part of the console", () => {
    expect(parts.length).toBeGreaterThan(5);
    const english = Object.keys(import.meta.glob("../src/i18n/en/*.ts"));
    expect(parts.length).toBe(english.length);
  });

  for (const { name, words } of parts) {
    const english = leaves(words.en ?? {});
    for (const language of ["id", "ms"]) {
      it(`${name} are complete in ${language}`, () => {
        const there = leaves(words[language] ?? {});
        expect(there.map(([way]) => way).sort()).toEqual(english.map(([way]) => way).sort());
        expect(there.filter(([, text]) => !text.trim())).toEqual([]);
      });
    }
    it(`${name} do not forget what is filled in`, () => {
      for (const language of ["id", "ms"]) {
        const there = new Map(leaves(words[language] ?? {}));
        for (const [way, text] of english) {
          if (text.includes("7")) expect(there.get(way), `${language}${way}`).toContain("7");
        }
      }
    });
  }
});

describe("the language", () => {
  it("is the first of the browser's that the console speaks", () => {
    expect(languageOf(["fr-FR", "ms-MY", "en"])).toBe("ms");
    expect(languageOf(["id-ID"])).toBe("id");
    expect(languageOf(["in-ID"])).toBe("id");
    expect(languageOf(["en-US", "id"])).toBe("en");
    expect(languageOf(["fr"])).toBe("en");
    expect(languageOf([])).toBe("en");
  });
});
