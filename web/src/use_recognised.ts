import { useEffect, useState } from "preact/hooks";
import { shop } from "./api";
import type { RecogniseIdentifierResponse } from "./gen/daftar/v1/shop_pb";
import { useLanguage } from "./i18n/language";

const WAIT_MS = 200;

export interface Recognised {
  // The text that the answer is about.
  text: string;
  answer: RecogniseIdentifierResponse;
}

// What the text can be, once whoever types it has paused.
export function useRecognised(text: string) {
  const language = useLanguage();
  const [found, setFound] = useState<Recognised>();
  const [error, setError] = useState<unknown>();
  const wanted = text.trim();
  useEffect(() => {
    setError(undefined);
    if (!wanted) {
      setFound(undefined);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      shop.recogniseIdentifier({ text: wanted, language }, { signal: stop.signal }).then(
        (answer) => setFound({ text: wanted, answer }),
        (failure: unknown) => {
          if (!stop.signal.aborted) setError(failure);
        },
      );
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted, language]);
  // At once, for those who press Enter before it came. Throws what the call throws.
  const now = async (): Promise<RecogniseIdentifierResponse> => {
    if (found?.text === wanted) return found.answer;
    const answer = await shop.recogniseIdentifier({ text: wanted, language });
    setFound({ text: wanted, answer });
    return answer;
  };
  return { found: found?.text === wanted ? found.answer : undefined, error, now };
}
