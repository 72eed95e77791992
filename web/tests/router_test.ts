import { describe, expect, it } from "vitest";
import { href, parseHash } from "../src/router";

describe("addresses", () => {
  it("name a page and what comes behind it", () => {
    expect(parseHash("#/customers/3f0c")).toEqual({ page: "customers", parts: ["3f0c"] });
    expect(parseHash("#/counter")).toEqual({ page: "counter", parts: [] });
    expect(parseHash("")).toEqual({ page: "", parts: [] });
    expect(parseHash("#")).toEqual({ page: "", parts: [] });
    expect(parseHash("#/")).toEqual({ page: "", parts: [] });
  });

  it("come back as they went", () => {
    const parts = ["shop.example/log", "a b", "100%"];
    expect(parseHash(href("partners", ...parts))).toEqual({ page: "partners", parts });
  });

  it("that somebody has spoilt do no harm", () => {
    expect(parseHash("#/partners/%E0%A4%A")).toEqual({ page: "partners", parts: ["%E0%A4%A"] });
  });
});
