// Hears from the node how far an incident's newest change is at the partners, for as long as that goes on.
import { Code, ConnectError } from "@connectrpc/connect";
import { useEffect } from "preact/hooks";
import { shop } from "../../api";
import type { AwaitIncidentResponse, Incident } from "../../gen/daftar/v1/shop_pb";
import { isOnItsWay } from "./states";

// So long one call waits; the node and what lies between end it after ten minutes.
const WAIT_MS = 500_000;
const TIMEOUT_MS = 540_000;
// After a call that failed: twice as long each time.
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
// About an hour: a page that was left open does not hold its session for ever.
const MOST_CALLS = 8;

// Asking again answers the same: nothing of it goes to partners, or not now.
const FINAL: readonly Code[] = [
  Code.FailedPrecondition,
  Code.NotFound,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.InvalidArgument,
  Code.Unimplemented,
];

function sleep(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

const whereabouts = ({ progress }: AwaitIncidentResponse) =>
  `${progress?.logIndex ?? ""} ${progress?.applied ?? 0} ${progress?.partners ?? 0}`;

// Calls `onNews` when the change has come further, and once more when it is everywhere; ends then, when
// there is nothing to wait for, after MOST_CALLS, and with `signal`. A call that breaks off is made
// again after a pause; what happened meanwhile is news.
export async function follow(
  wait: (signal: AbortSignal) => AsyncIterable<AwaitIncidentResponse>,
  onNews: () => void,
  signal: AbortSignal,
  pause: (millis: number, signal: AbortSignal) => Promise<void> = sleep,
): Promise<void> {
  let seen: string | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  for (let calls = 0; calls < MOST_CALLS && !signal.aborted; calls += 1) {
    let heard = false;
    try {
      for await (const message of wait(signal)) {
        if (signal.aborted) return;
        heard = true;
        pauseMs = FIRST_PAUSE_MS;
        const now = whereabouts(message);
        if (message.arrived || (seen !== undefined && seen !== now)) onNews();
        if (message.arrived) return;
        seen = now;
      }
      // What says nothing would say it again at once.
      if (!heard) throw new ConnectError("nothing came", Code.Unavailable);
    } catch (error) {
      if (signal.aborted || FINAL.includes(ConnectError.from(error).code)) return;
      await pause(pauseMs, signal);
      if (signal.aborted) return;
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      onNews();
    }
  }
}

// Has the page look again when there is news of the incident, and when somebody comes back to it.
export function useFollow(incident: Incident | undefined, again: () => void) {
  const under = incident !== undefined && isOnItsWay(incident);
  const id = incident?.id ?? "";
  // Another change is waited for anew.
  const changes = incident?.history.length ?? 0;
  useEffect(() => {
    if (!id) return;
    let stop = new AbortController();
    const begin = () => {
      if (!under || document.hidden) return;
      stop = new AbortController();
      const wait = (signal: AbortSignal) =>
        shop.awaitIncident({ id, waitMs: WAIT_MS }, { signal, timeoutMs: TIMEOUT_MS });
      void follow(wait, again, stop.signal);
    };
    // Nobody looks at a hidden page, and the node holds only so many of these calls.
    const onVisible = () => {
      stop.abort();
      if (document.hidden) return;
      again();
      begin();
    };
    begin();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      stop.abort();
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [id, under, changes]);
}
