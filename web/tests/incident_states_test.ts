import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { type Incident, IncidentSchema } from "../src/gen/daftar/v1/shop_pb";
import { offersFor } from "../src/pages/incidents/actions";
import { changedBy, isOnItsWay, stepOf } from "../src/pages/incidents/states";

const incident = (fields: MessageInitShape<typeof IncidentSchema>) =>
  create(IncidentSchema, { id: "1", addedBy: "user:sari", ...(fields as object) });
const manager = { counter: true, manager: true, user: "dewi" };
const staff = { counter: true, manager: false, user: "budi" };
const actions = (of: Incident, who: typeof manager, second = true, local = false) =>
  offersFor(of, who, second, local).map(({ action }) => action);

describe("how far an incident is", () => {
  it("follows its state", () => {
    const states = ["draft", "ready", "approved", "held", "published", "corrected", "settled", "withdrawn"];
    expect(states.map((state) => stepOf(incident({ state })))).toEqual([0, 1, 2, 2, 3, 3, 4, 4]);
  });

  it("of a disputed one depends on whether partners have it", () => {
    expect(stepOf(incident({ state: "disputed" }))).toBe(1);
    expect(stepOf(incident({ state: "disputed", logIndex: 3n }))).toBe(3);
  });
});

describe("what is offered", () => {
  it("has approval by a second person alone", () => {
    const ready = incident({ state: "ready" });
    expect(offersFor(ready, manager, true, false)[0]).toMatchObject({ action: "approve", blocked: false });
    expect(offersFor(ready, { ...manager, user: "sari" }, true, false)[0]).toMatchObject({ blocked: true });
    expect(offersFor(ready, manager, false, false)[0]).toMatchObject({ action: "publish" });
  });

  it("counts who reminded or corrected among those who changed it", () => {
    const history = [{ by: "user:budi", what: "reminded" }];
    expect(changedBy(incident({ history }), "budi")).toBe(true);
    expect(changedBy(incident({ history }), "dewi")).toBe(false);
  });

  it("to staff is no more than staff may do", () => {
    expect(actions(incident({ state: "ready" }), staff)).toEqual(["remind", "dispute"]);
    expect(actions(incident({ state: "held" }), staff)).toEqual(["notice", "dispute"]);
    expect(actions(incident({ state: "disputed" }), staff)).toEqual([]);
  });

  it("ends with the incident", () => {
    expect(actions(incident({ state: "withdrawn" }), manager)).toEqual(["erase"]);
    expect(actions(incident({ state: "erased" }), manager)).toEqual([]);
  });

  it("shares nothing of what never leaves the shop", () => {
    expect(actions(incident({ state: "ready" }), manager, true, true)).not.toContain("approve");
  });

  it("neither settles nor corrects what is settled", () => {
    const offered = actions(incident({ state: "settled" }), manager);
    expect(offered).not.toContain("settle");
    expect(offered).not.toContain("correct");
    expect(offered).toContain("withdraw");
  });
});

describe("what partners hear of an incident", () => {
  it("is followed from its approval on, also while a later change waits to be sent", () => {
    expect(isOnItsWay(incident({ state: "draft" }))).toBe(false);
    expect(isOnItsWay(incident({ state: "held" }))).toBe(false);
    expect(isOnItsWay(incident({ state: "approved" }))).toBe(true);
    expect(isOnItsWay(incident({ state: "settled", logIndex: 12n }))).toBe(true);
    expect(isOnItsWay(incident({ state: "settled" }))).toBe(false);
  });
});
