// Asks again while a page is looked at.
import { useEffect } from "preact/hooks";

// How old what a page shows may get while somebody looks at it.
export const FRESH_MS = 30_000;

// Calls `again` every `everyMs` while the tab is visible, and at once when it becomes visible with
// something older than that. Returns what ends it.
export function followPage(again: () => void, everyMs: number, page: Document = document): () => void {
  let asked = Date.now();
  const ask = () => {
    if (page.visibilityState !== "visible" || Date.now() - asked < everyMs) return;
    asked = Date.now();
    again();
  };
  const timer = setInterval(ask, everyMs);
  page.addEventListener("visibilitychange", ask);
  return () => {
    clearInterval(timer);
    page.removeEventListener("visibilitychange", ask);
  };
}

// `everyMs` undefined: nothing is asked again.
export function useFollowPage(again: () => void, everyMs: number | undefined = FRESH_MS) {
  useEffect(() => (everyMs === undefined ? undefined : followPage(again, everyMs)), [again, everyMs]);
}
