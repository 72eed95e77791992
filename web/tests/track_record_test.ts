import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { OrderSchema } from "../src/gen/daftar/v1/book_pb";
import { months } from "../src/pages/customers/record";

const order = (invoiced: string, state: string) => create(OrderSchema, { invoiced, state });

describe("orders by month", () => {
  it("has a row for each month between the first and the last", () => {
    const rows = months([order("2026-02-03", "paid"), order("2025-11-30", "late")], 36);
    expect(rows.map(({ month }) => month)).toEqual(["2025-11", "2025-12", "2026-01", "2026-02"]);
    expect(rows[0]?.counts.late).toBe(1);
    expect(rows[3]?.counts.onTime).toBe(1);
  });

  it("keeps the newest ones of many", () => {
    const rows = months([order("2020-01-01", "paid"), order("2026-02-03", "paid")], 3);
    expect(rows.map(({ month }) => month)).toEqual(["2025-12", "2026-01", "2026-02"]);
  });

  it("counts what is owed as unpaid, and what is in dispute as unclear", () => {
    const states = ["overdue", "unpaid", "given-up", "broken", "disputed", "open", "something-new"];
    const [row] = months(states.map((state) => order("2026-02-03", state)), 36);
    expect(row?.counts).toEqual({ onTime: 0, late: 0, open: 1, unpaid: 4, unclear: 2 });
  });

  it("is empty without orders", () => {
    expect(months([], 36)).toEqual([]);
  });
});
