// Has the node write something.
import { useRef, useState } from "preact/hooks";
import { newRequestId } from "./api";

export interface Write<A, T> {
  // Undefined when it failed: `error` says why then. Does nothing while one is under way.
  run(input: A): Promise<T | undefined>;
  busy: boolean;
  error: unknown;
  // Forgets the error.
  clear(): void;
}

// One intention keeps its request id: it is new for another input and after a success, and the same
// when the same input is tried again.
export function useWrite<A, T>(write: (requestId: string, input: A) => Promise<T>): Write<A, T> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const intention = useRef<{ requestId: string; input: string } | undefined>(undefined);
  const running = useRef(false);
  return {
    busy,
    error,
    clear: () => setError(undefined),
    async run(input) {
      if (running.current) return undefined;
      running.current = true;
      const text = JSON.stringify(input, (_, value) =>
        typeof value === "bigint" ? value.toString() : value,
      );
      let now = intention.current;
      if (now?.input !== text) {
        now = { requestId: newRequestId(), input: text };
        intention.current = now;
      }
      setBusy(true);
      setError(undefined);
      try {
        const answer = await write(now.requestId, input);
        intention.current = undefined;
        return answer;
      } catch (failure) {
        setError(failure);
        return undefined;
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
  };
}
