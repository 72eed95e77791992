import { useState } from "preact/hooks";
import { book } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Warning } from "../../gen/daftar/v1/book_pb";
import { groupsWords } from "../../i18n/groups";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { IconCheck, IconPlus, IconWarning } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading } from "../../ui/layout";
import { Age, Badge } from "../../ui/marks";
import { Table } from "../../ui/table";
import { useAsk } from "../../use_ask";
import { anyIdentifier } from "./identifier";

export function Warnings() {
  const t = useWords(groupsWords);
  const format = useFormat();
  const may = useMay(MANAGERS);
  const [typed, setTyped] = useState<string>();
  const [act, setAct] = useState<{ what: "clear" | "forget"; row: Warning }>();
  const asked = useAsk((signal) => book.listWarnings({}, { signal }), []);
  const add = may && (
    <Button kind="primary" icon={IconPlus} onClick={() => setTyped("")}>
      {t.warn}
    </Button>
  );
  return (
    <div class="stack">
      <p class="muted">{t.warningsHint}</p>
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value?.warnings.length === 0 && (
        <Card>
          <EmptyState title={t.warningsNone} action={add}>
            {t.warningsNoneHint}
          </EmptyState>
        </Card>
      )}
      {asked.value && asked.value.warnings.length > 0 && (
        <Card title={t.tabs.warnings} actions={add}>
          <Table
            caption={t.tabs.warnings}
            rows={asked.value.warnings}
            rowKey={(row) => row.id}
            columns={[
              { key: "number", title: t.number, lead: true, render: (row) => <strong>{row.identifier}</strong> },
              {
                key: "kind",
                title: t.kind,
                render: (row) => (
                  <Badge
                    tone={row.kind === "review" ? "amber" : row.kind === "cleared" ? "good" : "plain"}
                    icon={row.kind === "review" ? IconWarning : IconCheck}
                  >
                    {t.kinds[row.kind] ?? row.kind}
                  </Badge>
                ),
              },
              {
                key: "because",
                title: t.because,
                render: (row) =>
                  row.because ||
                  (row.liveReports > 0
                    ? t.seen(format.number(row.liveReports), format.number(row.names))
                    : ""),
              },
              { key: "when", title: t.when, render: (row) => <Age at={row.at} /> },
              ...(may
                ? [
                    {
                      key: "change",
                      title: t.change,
                      render: (row: Warning) => (
                        <span class="row">
                          {row.kind === "review" && (
                            <Button onClick={() => setAct({ what: "clear", row })}>{t.clear}</Button>
                          )}
                          <Button onClick={() => setAct({ what: "forget", row })}>{t.forget}</Button>
                        </span>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        </Card>
      )}
      {typed !== undefined && (
        <BecauseDialog
          title={t.warn}
          confirm={t.warn}
          done={t.warnDone}
          ready={typed.trim() !== ""}
          sends={typed}
          write={(requestId, because) => book.addWarning({ requestId, identifier: anyIdentifier(typed), because })}
          onDone={asked.again}
          onClose={() => setTyped(undefined)}
        >
          <TextField
            label={t.identifier}
            hint={t.identifierHint}
            value={typed}
            autocomplete="off"
            onValue={setTyped}
          />
        </BecauseDialog>
      )}
      {act && (
        <BecauseDialog
          title={act.what === "clear" ? t.clear : t.forget}
          confirm={act.what === "clear" ? t.clear : t.forget}
          done={act.what === "clear" ? t.clearDone : t.forgetDone}
          write={async (requestId, because) => {
            const request = { requestId, id: act.row.id, because };
            if (act.what === "clear") await book.clearWarning(request);
            else await book.removeWarning(request);
          }}
          onDone={asked.again}
          onClose={() => setAct(undefined)}
        >
          <p>{act.what === "clear" ? t.clearHint : t.forgetHint}</p>
        </BecauseDialog>
      )}
    </div>
  );
}
