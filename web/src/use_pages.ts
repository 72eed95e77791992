// Asks the node for a list by the page.
import { useState } from "preact/hooks";
import { useAsk } from "./use_ask";

export interface Listed<R> {
  rows: R[];
  next: string;
}

// Begins anew when one of `inputs` changes.
export function usePages<R>(
  ask: (token: string, signal: AbortSignal) => Promise<Listed<R>>,
  inputs: unknown[],
) {
  const [more, setMore] = useState<Listed<R> & { of: unknown }>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const first = useAsk((signal) => ask("", signal), inputs);
  // Rows that belong to an answer that was asked again are not shown any more.
  const further = more && more.of === first.value ? more : undefined;
  const next = (further ?? first.value)?.next ?? "";
  return {
    rows: first.value && [...first.value.rows, ...(further?.rows ?? [])],
    error: first.error ?? error,
    loading: first.loading,
    again: first.again,
    busy,
    hasMore: next !== "",
    async onMore() {
      if (busy) return;
      setBusy(true);
      setError(undefined);
      try {
        const answer = await ask(next, new AbortController().signal);
        setMore({ rows: [...(further?.rows ?? []), ...answer.rows], next: answer.next, of: first.value });
      } catch (failure) {
        setError(failure);
      } finally {
        setBusy(false);
      }
    },
  };
}
