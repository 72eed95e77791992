// A policy that answers beside the one in force, without effect.
import { useState } from "preact/hooks";
import { policy } from "../../api";
import { useFormat } from "../../format/use_format";
import { policyWords } from "../../i18n/policy";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { IconPolicy } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading, Note } from "../../ui/layout";
import { EffectMark } from "../../ui/marks";
import { Table } from "../../ui/table";
import { useAsk } from "../../use_ask";

export function Trial({ inForce, onTake }: { inForce: string; onTake: (toml: string) => void }) {
  const t = useWords(policyWords);
  const format = useFormat();
  const may = useMay(MANAGERS);
  const [ending, setEnding] = useState(false);
  const asked = useAsk((signal) => policy.reportTrial({}, { signal }), []);
  const trial = asked.value;
  return (
    <div class="stack">
      <Failure error={asked.error} again={asked.again} />
      {!trial && asked.loading && <Loading />}
      {trial && !trial.hash && (
        <Card>
          <EmptyState icon={IconPolicy} title={t.trialNone}>
            {t.trialNoneHint}
          </EmptyState>
        </Card>
      )}
      {trial?.hash && (
        <Card
          title={t.trialRows}
          actions={
            may && (
              <>
                <Button onClick={() => onTake(trial.toml)}>{t.trialTake}</Button>
                <Button kind="danger" onClick={() => setEnding(true)}>
                  {t.trialEnd}
                </Button>
              </>
            )
          }
        >
          {trial.hash === inForce && <Note>{t.trialInForce}</Note>}
          <p class="muted">{t.trialSince(format.time(trial.since))}</p>
          {trial.rows.length === 0 ? (
            <p>{t.trialNoRows}</p>
          ) : (
            <Table
              caption={t.trialRows}
              rows={trial.rows}
              rowKey={(row) => `${row.answered}-${row.trial}`}
              columns={[
                { key: "answered", title: t.answered, render: (row) => <EffectMark effect={row.answered} /> },
                {
                  key: "trial",
                  title: t.trial,
                  render: (row) => (row.answered === row.trial ? t.same : <EffectMark effect={row.trial} />),
                },
                { key: "checks", title: t.checks, end: true, render: (row) => format.number(row.checks) },
                { key: "paid", title: t.paid, end: true, render: (row) => format.number(row.paid) },
                { key: "late", title: t.late, end: true, render: (row) => format.number(row.late) },
                { key: "unpaid", title: t.unpaid, end: true, render: (row) => format.number(row.unpaid) },
              ]}
            />
          )}
        </Card>
      )}
      {ending && (
        <BecauseDialog
          title={t.trialEnd}
          confirm={t.trialEnd}
          done={t.trialEnded}
          danger
          write={(requestId, because) => policy.setTrialPolicy({ requestId, toml: "", because })}
          onDone={asked.again}
          onClose={() => setEnding(false)}
        >
          <p>{t.trialEndHint}</p>
        </BecauseDialog>
      )}
    </div>
  );
}
