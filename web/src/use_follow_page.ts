// Asks again while a page is looked at.
import { useEffect, useRef } from "preact/hooks";

// How old what a page shows may get while somebody looks at it.
export const FRESH_MS = 30_000;
// What takes the node a while.
export const COSTLY_FRESH_MS = 600_000;
// Nobody is at a page that was not touched for so long: it is not asked again, so that a session that
// nobody uses ends when it should.
export const AWAY_MS = 900_000;

const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel"];

// Calls `again` every `everyMs` while the tab is visible and somebody is there, and at once when it
// becomes visible, or somebody comes back, with something older than that. `now` in milliseconds from
// any beginning. Returns what ends it.
export function followPage(
  again: () => void,
  everyMs: number,
  page: Document = document,
  now: () => number = () => performance.now(),
): () => void {
  // A tick may come a little early.
  const slack = everyMs / 10;
  let asked = now();
  let touched = now();
  const ask = () => {
    if (page.visibilityState !== "visible" || now() - touched >= AWAY_MS) return;
    if (now() - asked < everyMs - slack) return;
    asked = now();
    again();
  };
  const touch = () => {
    touched = now();
    ask();
  };
  const timer = setInterval(ask, everyMs);
  page.addEventListener("visibilitychange", ask);
  for (const sign of SIGNS_OF_LIFE) page.addEventListener(sign, touch, { passive: true });
  return () => {
    clearInterval(timer);
    page.removeEventListener("visibilitychange", ask);
    for (const sign of SIGNS_OF_LIFE) page.removeEventListener(sign, touch);
  };
}

// Nothing is asked again while `everyMs` is undefined, or an answer is still awaited.
export function useFollowPage(asked: { again(): void; loading: boolean }, everyMs: number | undefined) {
  const loading = useRef(asked.loading);
  loading.current = asked.loading;
  const { again } = asked;
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    return followPage(() => {
      if (!loading.current) again();
    }, everyMs);
  }, [again, everyMs]);
}
