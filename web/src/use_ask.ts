// Asks the node for what a page shows.
import { useCallback, useEffect, useState } from "preact/hooks";
import { isAborted } from "./errors";

export interface Asked<T> {
  // The newest answer; stays while it is asked again.
  value: T | undefined;
  error: unknown;
  loading: boolean;
  again(): void;
}

// Asks when the component comes, and when one of `inputs` changes. What is no longer wanted is
// cancelled, and its answer never shown.
export function useAsk<T>(ask: (signal: AbortSignal) => Promise<T>, inputs: unknown[]): Asked<T> {
  const [state, setState] = useState<{ value?: T; error?: unknown; loading: boolean }>({ loading: true });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ value: before.value, loading: true }));
    ask(stop.signal).then(
      (value) => {
        if (!stop.signal.aborted) setState({ value, loading: false });
      },
      (error: unknown) => {
        if (stop.signal.aborted || isAborted(error)) return;
        setState((before) => ({ value: before.value, error, loading: false }));
      },
    );
    return () => stop.abort();
    // `ask` is new with each drawing; `inputs` say when it is another question.
  }, [...inputs, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { value: state.value, error: state.error, loading: state.loading, again };
}
