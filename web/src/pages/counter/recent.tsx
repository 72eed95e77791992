import { shop } from "../../api";
import { checkedHere } from "../../buyer";
import type { ListedReceipt } from "../../gen/daftar/v1/shop_pb";
import { counterWords } from "../../i18n/counter";
import { useLanguage } from "../../i18n/language";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { href } from "../../router";
import { IconSearch } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading } from "../../ui/layout";
import { Age, EffectMark, MoneyText } from "../../ui/marks";
import { type Column, Table } from "../../ui/table";
import { useAsk } from "../../use_ask";

const SHOWN = 10;

// The caller's own checks. Who each was about is known of those of this window only.
export function Recent({ round }: { round: number }) {
  const t = useWords(counterWords);
  const names = useWords(nameWords);
  const language = useLanguage();
  const asked = useAsk(
    (signal) => shop.listReceipts({ by: "me", pageSize: SHOWN, language }, { signal }),
    [round, language],
  );
  const rows = asked.value?.receipts ?? [];
  const known = rows.some((row) => checkedHere.has(row.receipt));
  const columns: Column<ListedReceipt>[] = [
    {
      key: "when",
      title: t.when,
      lead: true,
      render: (row) => (
        <a href={href("receipts", row.receipt)}>
          <Age at={row.checkedAt} />
        </a>
      ),
    },
    ...(known
      ? [{ key: "buyer", title: t.buyer, render: (row: ListedReceipt) => checkedHere.get(row.receipt)?.display }]
      : []),
    {
      key: "answer",
      title: t.answer,
      render: (row) => (
        <>
          <EffectMark effect={row.effect} />
          {row.override && (
            <span class="small muted"> {t.overridden(names.effects[row.override.effect])}</span>
          )}
        </>
      ),
    },
    { key: "outcome", title: t.outcome, render: (row) => row.outcome && (t.outcomes[row.outcome] ?? row.outcome) },
    { key: "amount", title: t.orderAmount, end: true, render: (row) => row.amount && <MoneyText money={row.amount} /> },
  ];
  return (
    <Card title={t.recentTitle}>
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value && rows.length === 0 && (
        <EmptyState icon={IconSearch} title={t.recentNone}>
          {t.recentNoneHint}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Table caption={t.recentTitle} columns={columns} rows={rows} rowKey={(row) => row.receipt} />
      )}
    </Card>
  );
}
