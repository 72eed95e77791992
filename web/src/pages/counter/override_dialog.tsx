import { useState } from "preact/hooks";
import { policy } from "../../api";
import type { DecisionOverride } from "../../gen/daftar/v1/policy_pb";
import { Effect } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { Button } from "../../ui/button";
import { Dialog, DialogFoot } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { Failure } from "../../ui/layout";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";

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
  const [because, setBecause] = useState("");
  const [tried, setTried] = useState(false);
  const decide = useWrite((requestId, input: { effect: Effect; because: string }) =>
    policy.overrideDecision({ requestId, receipt, ...input }),
  );
  return (
    <Dialog title={t.overrideTitle} onClose={onClose}>
      <form
        class="stack"
        noValidate
        onSubmit={async (event) => {
          event.preventDefault();
          setTried(true);
          if (!because.trim()) return;
          const answer = await decide.run({ effect, because: because.trim() });
          if (!answer) return;
          say(t.overrideDone);
          onDone(answer.override);
        }}
      >
        <p class="muted">{t.overrideIntro}</p>
        <SelectField
          label={t.overrideEffect}
          value={String(effect)}
          options={choices.map((each) => ({ value: String(each), label: names.effects[each] }))}
          onValue={(value) => setEffect(Number(value) as Effect)}
        />
        <TextField
          label={t.overrideBecause}
          hint={t.overrideHint}
          error={tried && !because.trim() ? t.becauseNeeded : undefined}
          value={because}
          onValue={setBecause}
          maxLength={200}
          autocomplete="off"
        />
        <Failure error={decide.error} />
        <DialogFoot onCancel={onClose}>
          <Button kind="primary" type="submit" busy={decide.busy}>
            {t.overrideIt}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
