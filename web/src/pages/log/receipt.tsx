// What one answer rested on.
import { Code } from "@connectrpc/connect";
import { useState } from "preact/hooks";
import { policy, shop } from "../../api";
import { useFormat } from "../../format/use_format";
import type { DecisionOverride } from "../../gen/daftar/v1/policy_pb";
import { type GetReceiptResponse, PartnerState } from "../../gen/daftar/v1/shop_pb";
import { Effect, Terms } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { useLanguage } from "../../i18n/language";
import { logWords } from "../../i18n/log";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { SelectField } from "../../ui/field";
import { IconCheck, IconClock, IconMinus, IconOffline } from "../../ui/icons";
import { Card, Facts, Failure, Loading, Note, Page, PageHeader } from "../../ui/layout";
import { Age, Badge, EffectMark, MoneyText } from "../../ui/marks";
import { ShareCode } from "../../ui/share_code";
import { Table } from "../../ui/table";
import { useAsk } from "../../use_ask";
import { usePartnerName } from "../../use_partner_name";
import { currentOf } from "../counter/reached";
import { useGroupName } from "../../use_group_name";

const CHOICES = [Effect.ACCEPT, Effect.DEPOSIT, Effect.PREPAY, Effect.REVIEW, Effect.DECLINE];

const person = (by: string) => by.replace(/^user:/, "");

function Override({ receipt, now, onDone, onClose }: { receipt: string; now: Effect; onDone: () => void; onClose: () => void }) {
  const t = useWords(logWords);
  const names = useWords(nameWords);
  const [effect, setEffect] = useState(now === Effect.ACCEPT ? Effect.PREPAY : Effect.ACCEPT);
  return (
    <BecauseDialog
      title={t.override}
      confirm={t.override}
      done={t.overrideDone}
      sends={effect}
      write={(requestId, because) => policy.overrideDecision({ requestId, receipt, effect, because })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>{t.overrideHint}</p>
      <SelectField
        label={t.decideOn}
        value={String(effect)}
        options={CHOICES.map((each) => ({ value: String(each), label: names.effects[each] }))}
        onValue={(value) => setEffect(Number(value))}
      />
    </BecauseDialog>
  );
}

function Decided({ override }: { override: DecisionOverride }) {
  return (
    <div class="stack stack-small">
      <div class="row">
        <EffectMark effect={override.effect} />
        <span>{override.because}</span>
      </div>
      <div class="muted small">
        {person(override.by)}, <Age at={override.at} />
      </div>
    </div>
  );
}

function Inputs({ value }: { value: GetReceiptResponse }) {
  const t = useWords(logWords);
  const counter = useWords(counterWords);
  const nameOf = usePartnerName();
  const format = useFormat();
  if (value.inputs.length === 0) return <p class="muted">{counter.noFacts(currentOf(value.partners), value.partners.length)}</p>;
  return (
    <Table
      caption={t.inputs}
      rows={value.inputs.map((input, at) => ({ input, key: String(at) }))}
      rowKey={(row) => row.key}
      columns={[
        {
          key: "what",
          title: t.input,
          lead: true,
          render: ({ input }) => (
            <>
              <strong>{t.inputTypes[input.type] ?? input.type}</strong>
              {input.type === "own_orders" && (
                <div class="small">
                  {t.ordersSaid(
                    format.number(input.orders),
                    format.number(input.ordersOnTime),
                    format.number(input.ordersBad),
                  )}
                </div>
              )}
              {input.origin && <div class="muted small">{nameOf(input.origin)}</div>}
            </>
          ),
        },
        {
          key: "status",
          title: t.status,
          render: ({ input }) => (input.status ? (t.statuses[input.status] ?? input.status) : ""),
        },
        {
          key: "age",
          title: t.age,
          render: ({ input }) =>
            input.type === "own_orders" ? "" : t.ageDays(input.ageDays, format.number(input.ageDays)),
        },
        {
          key: "counts",
          title: t.counts,
          render: ({ input }) =>
            input.counted ? (input.type === "own_orders" ? "" : t.countsAs(format.percent(input.badPpm))) : t.countedNot,
        },
      ]}
    />
  );
}

function Rules({ value }: { value: GetReceiptResponse }) {
  const t = useWords(logWords);
  return (
    <ul class="rules">
      {value.rules.map((rule) => (
        <li key={rule.rule}>
          <Badge tone={rule.fired ? "blue" : "plain"} icon={rule.fired ? IconCheck : IconMinus}>
            {rule.fired ? t.fired : t.firedNot}
          </Badge>
          <span>
            {rule.looksAt || rule.rule}
            {rule.rule === value.decidedBy && <strong> ({t.decisive})</strong>}
          </span>
          {rule.fired && <EffectMark effect={rule.effect} />}
        </li>
      ))}
    </ul>
  );
}

function Partners({ value }: { value: GetReceiptResponse }) {
  const t = useWords(logWords);
  const counter = useWords(counterWords);
  const nameOf = usePartnerName();
  const format = useFormat();
  return (
    <Card title={t.partners}>
      {value.coverage && (
        <Note tone={currentOf(value.partners) < value.partners.length ? "amber" : "blue"}>{value.coverage}</Note>
      )}
      <Table
        caption={t.partners}
        rows={value.partners.map((partner, at) => ({ partner, key: String(at) }))}
        rowKey={(row) => row.key}
        columns={[
          { key: "who", title: t.partner, lead: true, render: ({ partner }) => <span class="breaks">{nameOf(partner.origin) || t.aPartner}</span> },
          {
            key: "state",
            title: t.status,
            render: ({ partner: { state } }) => (
              <Badge
                tone={state === PartnerState.NOT_CHECKED ? "bad" : state === PartnerState.STALE ? "amber" : "good"}
                icon={state === PartnerState.NOT_CHECKED ? IconOffline : state === PartnerState.STALE ? IconClock : IconCheck}
              >
                {t.partnerStates[state]}
              </Badge>
            ),
          },
          {
            key: "age",
            title: t.heardAge,
            render: ({ partner: { origin, headAgeS } }) => {
              if (headAgeS === undefined) return "";
              return origin ? format.span(-Number(headAgeS)) : counter.dataAtMost(format.length(Number(headAgeS)));
            },
          },
        ]}
      />
    </Card>
  );
}

export function Receipt({
  receipt,
  buyer,
  back,
}: {
  receipt: string;
  // Whom it was about, where this window still knows.
  buyer?: string;
  // Instead of to the log.
  back?: { href: string; label: string };
}) {
  const groupName = useGroupName();
  const t = useWords(logWords);
  const names = useWords(nameWords);
  const format = useFormat();
  const language = useLanguage();
  const may = useMay(MANAGERS);
  const [open, setOpen] = useState(false);
  const asked = useAsk((signal) => shop.getReceipt({ receipt, language }, { signal }), [receipt, language]);
  const value = asked.value;
  const now = value?.override?.effect ?? value?.effect ?? Effect.UNSPECIFIED;
  const steps = value && (value.nextNow.length > 0 ? value.nextNow : value.next);
  return (
    <Page>
      <PageHeader
        title={t.receipt}
        intro={[buyer, value && format.time(value.checkedAt)].filter(Boolean).join(" · ")}
        back={back ?? { href: href("log", "receipts"), label: t.backToReceipts }}
        actions={may && value && <Button onClick={() => setOpen(true)}>{t.override}</Button>}
      />
      <Failure
        error={asked.error}
        again={asked.again}
        sentence={({ code }) => (code === Code.NotFound ? t.receiptGone : undefined)}
      />
      {!value && asked.loading && <Loading />}
      {value && (
        <>
          <Card>
            <EffectMark effect={now} large />
            {value.override && (
              <div class="stack stack-small">
                <h2>{t.personDecided}</h2>
                <Decided override={value.override} />
                {value.earlierOverrides.length > 0 && <h3>{t.earlier}</h3>}
                {value.earlierOverrides.map((each) => (
                  <Decided key={each.at} override={each} />
                ))}
                <h3>{t.nodeAnswered}</h3>
                <div class="row">
                  <EffectMark effect={value.effect} />
                </div>
              </div>
            )}
            <p>{value.because}</p>
            {steps && steps.length > 0 && (
              <div class="stack stack-small">
                <h3>{t.next}</h3>
                <ul class="steps">
                  {steps.map((step) => (
                    <li key={step.sentence}>{step.sentence}</li>
                  ))}
                </ul>
              </div>
            )}
            <Facts
              facts={[
                { name: t.risk, value: format.percent(value.riskPpm, 1) },
                { name: t.usual, value: format.percent(value.priorPpm, 1) },
                { name: t.amount, value: value.amount && <MoneyText money={value.amount} /> },
                { name: t.terms, value: value.terms !== Terms.UNSPECIFIED && names.terms[value.terms] },
                { name: t.group, value: groupName(value.group) },
                { name: t.allowed, value: value.allowedBy && t.allowedYes },
                { name: t.by2, value: person(value.checkedBy) },
                { name: t.outcome, value: value.outcome && (t.outcomes[value.outcome] ?? value.outcome) },
              ].filter(({ value: shown }) => shown !== false)}
            />
          </Card>
          <Card title={t.inputs}>
            <Inputs value={value} />
          </Card>
          <Card title={t.rules}>
            <Rules value={value} />
          </Card>
          {value.partners.length > 0 && <Partners value={value} />}
          <Card title={t.proofOfReceipt}>
            <Facts
              facts={[
                { name: t.number, value: format.number(value.logIndex) },
                { name: t.policyHash, value: <code>{value.policy.slice(0, 16)}</code> },
              ]}
            />
            <p class="muted">{t.proofOfReceiptHint}</p>
            <ShareCode code={`daftar audit replay ${value.receipt}`} />
          </Card>
        </>
      )}
      {open && value && (
        <Override receipt={receipt} now={now} onDone={asked.again} onClose={() => setOpen(false)} />
      )}
    </Page>
  );
}
