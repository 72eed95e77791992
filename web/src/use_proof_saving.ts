// Saves a proof file, the shop's own or a partner's, with its progress; one at a time. Leaving the page
// ends it.
import { useState } from "preact/hooks";
import { proofWords } from "./i18n/proof";
import { useWords } from "./i18n/words";
import { download } from "./print";
import { PROOF_TIMEOUT_MS, receiveProof } from "./proof_file";
import { say } from "./ui/toast";
import { useLeaving } from "./use_leaving";

type Messages = Parameters<typeof receiveProof>[0];

export function useProofSaving() {
  const words = useWords(proofWords);
  const [saving, setSaving] = useState<{ number: number; share: number }>();
  const [error, setError] = useState<unknown>();
  const signal = useLeaving();
  const save = async (
    { number, bytes }: { number: number; bytes: bigint },
    name: string,
    ask: (options: { timeoutMs: number; signal: AbortSignal }) => Messages,
  ) => {
    setError(undefined);
    setSaving({ number, share: 0 });
    try {
      const messages = ask({ timeoutMs: PROOF_TIMEOUT_MS, signal });
      download(name, await receiveProof(messages, bytes, (share) => setSaving({ number, share })));
      say(words.downloaded);
    } catch (failure) {
      setError(failure);
    } finally {
      setSaving(undefined);
    }
  };
  return { saving, error, save };
}
