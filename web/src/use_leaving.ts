// What is under way when a page is left ends with it: nothing is saved in the session of whoever
// comes next.
import { useEffect, useMemo } from "preact/hooks";

// Aborted when the component goes.
export function useLeaving(): AbortSignal {
  const leaving = useMemo(() => new AbortController(), []);
  useEffect(() => () => leaving.abort(), [leaving]);
  return leaving.signal;
}
