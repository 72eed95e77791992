import { useState } from "preact/hooks";
import { shop } from "../../api";
import { useFormat } from "../../format/use_format";
import { useLanguage } from "../../i18n/language";
import { logWords } from "../../i18n/log";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { href } from "../../router";
import { SelectField, TextField } from "../../ui/field";
import { IconLog } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading } from "../../ui/layout";
import { Age, EffectMark, MoneyText } from "../../ui/marks";
import { More, Table } from "../../ui/table";
import { usePages } from "../../use_pages";

export function Receipts() {
  const t = useWords(logWords);
  const names = useWords(nameWords);
  const format = useFormat();
  const language = useLanguage();
  const [by, setBy] = useState<"" | "me">("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const list = usePages(
    async (pageToken, signal) => {
      const answer = await shop.listReceipts({ by, from, to, pageToken, language }, { signal });
      return { rows: answer.receipts, next: answer.nextPageToken };
    },
    [by, from, to, language],
  );
  const filtered = by !== "" || from !== "" || to !== "";
  return (
    <div class="stack">
      <div class="filters">
        <SelectField
          label={t.by}
          value={by}
          options={[
            { value: "", label: t.everybody },
            { value: "me", label: t.mine },
          ]}
          onValue={setBy}
        />
        <TextField label={t.from} type="date" value={from} onValue={setFrom} />
        <TextField label={t.to} type="date" value={to} onValue={setTo} />
      </div>
      <Failure error={list.error} again={list.again} />
      {!list.rows && list.loading && <Loading />}
      {list.rows?.length === 0 && (
        <Card>
          <EmptyState icon={IconLog} title={t.receiptsNone}>
            {filtered ? t.receiptsNoneFound : t.receiptsNoneHint}
          </EmptyState>
        </Card>
      )}
      {list.rows && list.rows.length > 0 && (
        <Card>
          <Table
            caption={t.tabs.receipts}
            rows={list.rows}
            rowKey={(row) => row.receipt}
            columns={[
              {
                key: "answer",
                title: t.answer,
                lead: true,
                render: (row) => (
                  <div class="stack stack-small">
                    <span>
                      <EffectMark effect={row.override?.effect ?? row.effect} />
                    </span>
                    {row.override && (
                      <span class="muted small">{t.overridden(names.effects[row.override.effect])}</span>
                    )}
                    <a href={href("log", "receipt", row.receipt)}>{t.why}</a>
                  </div>
                ),
              },
              {
                key: "because",
                title: t.what,
                lead: true,
                render: (row) => (
                  <>
                    {row.because}
                    {row.partnersNotChecked > 0 && (
                      <div class="muted small">
                        {t.notChecked(format.number(row.partnersNotChecked), format.number(row.partners))}
                      </div>
                    )}
                  </>
                ),
              },
              { key: "order", title: t.order, end: true, render: (row) => row.amount && <MoneyText money={row.amount} /> },
              {
                key: "outcome",
                title: t.outcome,
                render: (row) => (row.outcome ? (t.outcomes[row.outcome] ?? row.outcome) : ""),
              },
              { key: "when", title: t.when, render: (row) => <Age at={row.checkedAt} /> },
            ]}
          />
          {list.hasMore && <More busy={list.busy} onMore={list.onMore} />}
        </Card>
      )}
    </div>
  );
}
