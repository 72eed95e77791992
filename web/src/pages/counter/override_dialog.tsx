import { useState } from "preact/hooks";
import { policy } from "../../api";
import type { DecisionOverride } from "../../gen/daftar/v1/policy_pb";
import { Effect } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { BecauseDialog } from "../../ui/because_dialog";
import { SelectField } from "../../ui/field";

const EFFECTS = [Effect.ACCEPT, Effect.DEPOSIT, Effect.PREPAY, Effect.REVIEW, Effect.DECLINE];

// A manager decides otherwise, on the record.
export function OverrideDialog({
  receipt,
  effect: answered,
  onClose,
  onDone,
}: {
  receipt: string;
  effect: Effect;
  onClose: () => void;
  onDone: (override: DecisionOverride | undefined) => void;
}) {
  const t = useWords(counterWords);
  const names = useWords(nameWords);
  const choices = EFFECTS.filter((each) => each !== answered);
  const [effect, setEffect] = useState<Effect>(choices[0] ?? Effect.ACCEPT);
  return (
    <BecauseDialog
      title={t.overrideTitle}
      confirm={t.overrideIt}
      done={t.overrideDone}
      sends={effect}
      write={(requestId, because) => policy.overrideDecision({ requestId, receipt, effect, because })}
      onDone={({ override }) => onDone(override)}
      onClose={onClose}
    >
      <p class="muted">{t.overrideIntro}</p>
      <SelectField
        label={t.overrideEffect}
        value={String(effect)}
        options={choices.map((each) => ({ value: String(each), label: names.effects[each] }))}
        onValue={(value) => setEffect(Number(value) as Effect)}
      />
    </BecauseDialog>
  );
}
