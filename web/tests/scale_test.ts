import { expect, it } from "vitest";
import { roundUp } from "../src/ui/scale";

it("ends a scale at a round number", () => {
  expect([0, 1, 3, 7, 10, 11, 49, 51, 1_234].map(roundUp)).toEqual([1, 1, 5, 10, 10, 20, 50, 100, 2_000]);
});
