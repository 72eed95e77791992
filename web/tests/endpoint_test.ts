import { describe, expect, it } from "vitest";
import { isOnlyHere } from "../src/pages/partners/endpoint";

describe("an address in an invitation", () => {
  it("is of this machine alone, or not", () => {
    for (const here of ["127.0.0.1:8480", "127.1.2.3:1", "localhost:8480", "[::1]:8480"]) expect(isOnlyHere(here)).toBe(true);
    for (const there of ["toko-a.example:8480", "10.0.0.7:8480", "127.example:1", "[2001:db8::1]:8480", ""]) {
      expect(isOnlyHere(there)).toBe(false);
    }
  });
});
