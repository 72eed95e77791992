// The policy that is being written, and what the node says of it.
import { useEffect, useState } from "preact/hooks";
import { policy } from "../../api";
import { isAborted } from "../../errors";
import type { CheckPolicyResponse } from "../../gen/daftar/v1/policy_pb";
import { useLanguage } from "../../i18n/language";
import { useAsk } from "../../use_ask";

// So long nobody types before it is checked.
const PAUSE_MS = 400;

export function useDraft() {
  const language = useLanguage();
  const [text, setText] = useState<string>();
  const [checked, setChecked] = useState<{ of: string; answer: CheckPolicyResponse }>();
  const [error, setError] = useState<unknown>();
  // The one in force, written out whole.
  const start = useAsk((signal) => policy.checkPolicy({ language }, { signal }), [language]);
  const inForce = useAsk((signal) => policy.getPolicy({}, { signal }), []);
  const whole = start.value?.toml;
  const current = text ?? whole ?? "";
  useEffect(() => {
    if (text === undefined) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      policy.checkPolicy({ toml: text, language }, { signal: stop.signal }).then(
        (answer) => {
          setChecked({ of: text, answer });
          setError(undefined);
        },
        (failure: unknown) => !stop.signal.aborted && !isAborted(failure) && setError(failure),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, language]);
  const answer = text === undefined ? start.value : checked?.answer;
  // While there are faults the node names no lines: those of before stay.
  const lines = answer && answer.lines.length > 0 ? answer.lines : (start.value?.lines ?? []);
  return {
    text: current,
    setText,
    // It is another than the one in force.
    changed: text !== undefined && text !== whole,
    // What was last said is about what stands there now.
    settled: text === undefined || checked?.of === text,
    faults: text === undefined ? [] : (checked?.answer.faults ?? []),
    lines,
    inForce: inForce.value,
    loading: start.loading,
    error: error ?? start.error ?? inForce.error,
    discard() {
      setText(undefined);
      setChecked(undefined);
      setError(undefined);
    },
    // After another came into force.
    again() {
      setText(undefined);
      setChecked(undefined);
      setError(undefined);
      start.again();
      inForce.again();
    },
  };
}

export type Draft = ReturnType<typeof useDraft>;
