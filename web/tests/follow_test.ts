import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { type AwaitIncidentResponse, AwaitIncidentResponseSchema } from "../src/gen/daftar/v1/shop_pb";
import { follow } from "../src/pages/incidents/follow";

const at = (logIndex: bigint | undefined, applied: number, arrived = false) =>
  create(AwaitIncidentResponseSchema, { progress: { logIndex, applied, partners: 3 }, arrived });

// Each call answers with the next of these: messages, and a fault at its end.
async function run(calls: { messages?: AwaitIncidentResponse[]; fault?: Code }[], stopAfter = Infinity) {
  const stop = new AbortController();
  let made = 0;
  let news = 0;
  const pauses: number[] = [];
  await follow(
    async function* () {
      const call = calls[made];
      made += 1;
      if (!call) throw new ConnectError("one call too many", Code.FailedPrecondition);
      yield* call.messages ?? [];
      if (call.fault !== undefined) throw new ConnectError("", call.fault);
    },
    () => (news += 1),
    stop.signal,
    async (millis) => {
      pauses.push(millis);
      if (pauses.length >= stopAfter) stop.abort();
    },
  );
  return { made, news, pauses };
}

describe("following an incident", () => {
  it("says when its change has come further, and that it has arrived, and ends then", async () => {
    const messages = [at(undefined, 0), at(undefined, 0), at(7n, 0), at(7n, 0), at(7n, 2), at(7n, 3, true)];
    expect(await run([{ messages }])).toEqual({ made: 1, news: 3, pauses: [] });
  });

  it("goes on after the time of a call was up", async () => {
    const later = [at(7n, 1), at(7n, 3, true)];
    expect(await run([{ messages: [at(7n, 1)] }, { messages: later }])).toEqual({ made: 2, news: 1, pauses: [] });
  });

  it("ends where there is nothing to wait for", async () => {
    expect(await run([{ fault: Code.FailedPrecondition }])).toEqual({ made: 1, news: 0, pauses: [] });
    expect(await run([{ fault: Code.PermissionDenied }])).toEqual({ made: 1, news: 0, pauses: [] });
  });

  it("asks again after a longer and longer pause, and looks itself meanwhile", async () => {
    const faults = Array.from({ length: 6 }, () => ({ fault: Code.ResourceExhausted }));
    const seen = await run(faults, 6);
    expect(seen.pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(seen.news).toBe(5);
  });

  it("takes a connection that holds for a new beginning", async () => {
    const broken = { messages: [at(7n, 1)], fault: Code.Unavailable };
    const seen = await run([broken, broken, { messages: [at(7n, 2), at(7n, 3, true)] }]);
    expect(seen.pauses).toEqual([5_000, 5_000]);
    // After each break, for the second partner that has it, and at the end.
    expect(seen.news).toBe(4);
  });

  it("does not ask again at once where nothing came", async () => {
    expect((await run([{}, {}], 2)).pauses).toEqual([5_000, 10_000]);
  });

  it("ends after an hour's calls, so that a page left open does not hold its session", async () => {
    const waiting = Array.from({ length: 20 }, () => ({ messages: [at(7n, 1)] }));
    expect(await run(waiting)).toEqual({ made: 8, news: 0, pauses: [] });
  });

  it("says nothing after it was stopped", async () => {
    expect(await run([{ fault: Code.Unavailable }], 1)).toEqual({ made: 1, news: 0, pauses: [5_000] });
  });
});
