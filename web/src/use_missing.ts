import { useFormat } from "./format/use_format";
import { missingWords } from "./i18n/missing";
import { nameWords } from "./i18n/names";
import { proofWords } from "./i18n/proof";
import { useWords } from "./i18n/words";
import { sayMissing } from "./missing";
import { useReasons } from "./pages/incidents/reasons";

// What the node says is missing, in the language chosen; `known` false: as it came.
export function useMissing(): (sentence: string) => { text: string; known: boolean } {
  const words = useWords(missingWords);
  const names = useWords(nameWords);
  const proofs = useWords(proofWords);
  const format = useFormat();
  const reasons = useReasons();
  return (sentence) => {
    const text = sayMissing(sentence, {
      words,
      day: format.day,
      money: format.money,
      kind: (name) => proofs.kinds[name] ?? name,
      reason: reasons.title,
      identifier: (type) => names.identifiers[type] ?? type,
    });
    return { text: text ?? sentence, known: text !== undefined };
  };
}
