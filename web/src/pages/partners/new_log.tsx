// A partner has lost its log and goes on with another: somebody compares its first record by phone.
import { useState } from "preact/hooks";
import { node } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Partner } from "../../gen/daftar/v1/node_pb";
import { partnersWords } from "../../i18n/partners";
import { useWords } from "../../i18n/words";
import { OPERATORS } from "../../roles";
import { useMay } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { TextArea } from "../../ui/field";
import { Card, Facts, Note } from "../../ui/layout";
import { HEX_DIGITS, differsAt, digitsOf, inGroups } from "./first_entry";

export function NewLog({ partner, onDone }: { partner: Partner; onDone: (origin: string) => void }) {
  const t = useWords(partnersWords);
  const format = useFormat();
  const may = useMay(OPERATORS);
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const digits = digitsOf(typed);
  const group = differsAt(typed, partner.adoptedFirstEntry);
  return (
    <Card title={t.newLogTitle}>
      <Note tone="amber">{t.newLogHint}</Note>
      <Facts
        facts={[
          { name: t.newLogOrigin, value: partner.adoptedOrigin },
          { name: t.records, value: t.newLogAfter(format.number(partner.adoptedAfter)) },
        ]}
      />
      <div class="stack stack-small">
        <h3>{t.newLogFirst}</h3>
        <ol class="groups">
          {inGroups(partner.adoptedFirstEntry).map((part, at) => (
            <li key={at}>{part}</li>
          ))}
        </ol>
      </div>
      {may && (
        <div class="row">
          <Button kind="primary" onClick={() => setOpen(true)}>
            {t.accept}
          </Button>
        </div>
      )}
      {open && (
        <BecauseDialog
          title={t.acceptTitle}
          confirm={t.accept}
          done={t.accepted}
          danger
          ready={digits.length === HEX_DIGITS && group === 0}
          write={(requestId, because) =>
            node.acceptPartner({ requestId, origin: partner.origin, because, firstEntry: digits })
          }
          onDone={(answer) => onDone(answer.partner?.origin ?? partner.adoptedOrigin)}
          onClose={() => setOpen(false)}
        >
          <p>{t.acceptHint}</p>
          <TextArea
            label={t.acceptTyped}
            hint={t.acceptProgress(digits.length, HEX_DIGITS)}
            error={group > 0 ? t.acceptDiffers(group) : ""}
            mono
            value={typed}
            onValue={setTyped}
          />
        </BecauseDialog>
      )}
    </Card>
  );
}
