import { useState } from "preact/hooks";
import { shop } from "../../api";
import { checkedHere } from "../../buyer";
import { useFormat } from "../../format/use_format";
import type { GetReceiptResponse, ReceiptInput, RuleOutcome } from "../../gen/daftar/v1/shop_pb";
import { Terms } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { useLanguage } from "../../i18n/language";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { href } from "../../router";
import type { PageProps } from "../../routes";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { IconCheck, IconEdit, IconMinus } from "../../ui/icons";
import { Card, EmptyState, Facts, Failure, Loading, Note, Page, PageHeader } from "../../ui/layout";
import { Badge, EffectMark, MoneyText, Time } from "../../ui/marks";
import { type Column, Table } from "../../ui/table";
import { useAsk } from "../../use_ask";
import { useOpens } from "../../use_opens";
import { OverrideDialog } from "../counter/override_dialog";
import { PartnersOf } from "../counter/partners";
import { reachedOf } from "../counter/reached";

const SECONDS_A_DAY = 86_400;

// Why a check was answered as it was.
export default function Receipt({ parts }: PageProps) {
  const t = useWords(counterWords);
  const language = useLanguage();
  const counter = useOpens("counter");
  const receipt = parts[0] ?? "";
  const asked = useAsk(
    async (signal) => (receipt ? shop.getReceipt({ receipt, language }, { signal }) : undefined),
    [receipt, language],
  );
  return (
    <Page>
      <PageHeader
        title={t.receiptTitle}
        back={counter ? { href: href("counter"), label: t.receiptBack } : undefined}
        intro={checkedHere.get(receipt)?.display}
      />
      <Failure error={asked.error} again={asked.again} />
      {!receipt && <EmptyState title={t.receiptMissing} />}
      {receipt && !asked.value && asked.loading && <Loading />}
      {asked.value && <Shown receipt={asked.value} onChanged={asked.again} />}
    </Page>
  );
}

function Shown({ receipt, onChanged }: { receipt: GetReceiptResponse; onChanged: () => void }) {
  const t = useWords(counterWords);
  const names = useWords(nameWords);
  const format = useFormat();
  const manager = useMay(MANAGERS);
  const [deciding, setDeciding] = useState(false);
  const overrides = [receipt.override, ...receipt.earlierOverrides].filter((each) => each !== undefined);
  return (
    <>
      <Card>
        <EffectMark effect={receipt.effect} large />
        <p>{receipt.because}</p>
        {receipt.coverage && <Note tone="amber">{receipt.coverage}</Note>}
        <Facts
          facts={[
            { name: t.checkedAt, value: <Time at={receipt.checkedAt} /> },
            { name: t.checkedBy, value: receipt.checkedBy },
            { name: t.orderAmount, value: receipt.amount && <MoneyText money={receipt.amount} /> },
            { name: t.terms, value: receipt.terms === Terms.UNSPECIFIED ? "" : names.terms[receipt.terms] },
            { name: t.risk, value: format.percent(receipt.riskPpm, 1) },
            { name: t.prior, value: receipt.priorPpm > 0 && format.percent(receipt.priorPpm, 1) },
            { name: t.outcome, value: receipt.outcome && (t.outcomes[receipt.outcome] ?? receipt.outcome) },
          ].filter(({ value }) => value !== false)}
        />
        {overrides.length > 0 && (
          <div class="stack stack-small">
            <h2>{t.decidedHere}</h2>
            {overrides.map((each) => (
              <div key={each.at}>
                <EffectMark effect={each.effect} /> {each.because}
                <div class="small muted">
                  {each.by} · <Time at={each.at} />
                </div>
              </div>
            ))}
          </div>
        )}
        {manager && (
          <div class="row">
            <Button icon={IconEdit} onClick={() => setDeciding(true)}>
              {t.override}
            </Button>
          </div>
        )}
      </Card>
      <Card title={t.rulesTitle}>
        <Rules rules={receipt.rules} />
      </Card>
      <Card title={t.inputsTitle}>
        {receipt.inputs.length === 0 ? <p class="muted">{t.noFacts(reachedOf(receipt.partners), receipt.partners.length)}</p> : <Inputs inputs={receipt.inputs} />}
      </Card>
      <PartnersOf partners={receipt.partners} />
      <Card>
        <Facts
          facts={[
            { name: t.receiptNumber, value: <code>{receipt.receipt}</code> },
            { name: t.policy, value: <code>{receipt.policy.slice(0, 16)}</code> },
            { name: t.logPlace, value: format.number(receipt.logIndex) },
          ]}
        />
      </Card>
      {deciding && (
        <OverrideDialog
          receipt={receipt.receipt}
          effect={receipt.override?.effect ?? receipt.effect}
          onClose={() => setDeciding(false)}
          onDone={() => {
            setDeciding(false);
            onChanged();
          }}
        />
      )}
    </>
  );
}

function Rules({ rules }: { rules: RuleOutcome[] }) {
  const t = useWords(counterWords);
  if (rules.length === 0) return <p class="muted">{t.rulesNone}</p>;
  const columns: Column<RuleOutcome>[] = [
    { key: "looks", title: t.ruleLooks, lead: true, render: (row) => row.looksAt || row.rule },
    {
      key: "fired",
      title: t.ruleFired,
      render: (row) =>
        row.fired ? (
          <Badge tone="blue" icon={IconCheck}>
            {t.yes}
          </Badge>
        ) : (
          <Badge icon={IconMinus}>{t.no}</Badge>
        ),
    },
    { key: "asks", title: t.ruleAsks, render: (row) => row.fired && row.effect > 0 && <EffectMark effect={row.effect} /> },
  ];
  return <Table caption={t.rulesTitle} columns={columns} rows={rules} rowKey={(row) => row.rule} />;
}

function Inputs({ inputs }: { inputs: ReceiptInput[] }) {
  const t = useWords(counterWords);
  const format = useFormat();
  const kindOf = (row: ReceiptInput) => {
    if (row.type === "own_orders") return t.ownOrders;
    if (row.type === "own_incident") return t.ownIncident;
    return row.origin ? t.partnerRecordOf(row.origin) : t.partnerRecord;
  };
  const columns: Column<ReceiptInput>[] = [
    { key: "kind", title: t.kind, lead: true, render: kindOf },
    {
      key: "state",
      title: t.state,
      render: (row) =>
        row.type === "own_orders"
          ? t.ordersOf(Number(row.ordersOnTime), Number(row.orders))
          : (t.statuses[row.status] ?? row.status),
    },
    { key: "age", title: t.age, render: (row) => format.span(-row.ageDays * SECONDS_A_DAY) },
    { key: "counted", title: t.counted, render: (row) => (row.counted ? t.yes : t.no) },
  ];
  return (
    <Table
      caption={t.inputsTitle}
      columns={columns}
      rows={inputs}
      rowKey={(row) => `${row.type} ${row.origin} ${row.reference} ${row.commitment} ${row.ageDays}`}
    />
  );
}
