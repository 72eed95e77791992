import "./overview.css";
import { useState } from "preact/hooks";
import { policy } from "../../api";
import { isoDay } from "../../format/date";
import { useFormat } from "../../format/use_format";
import type { ReportWorthResponse, WorthRow } from "../../gen/daftar/v1/policy_pb";
import { overviewWords } from "../../i18n/overview";
import { useWords } from "../../i18n/words";
import { StackedBars } from "../../ui/chart";
import { SelectField } from "../../ui/field";
import { IconOverview } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading, Page, PageHeader } from "../../ui/layout";
import { EffectMark } from "../../ui/marks";
import { Table } from "../../ui/table";
import { useAsk } from "../../use_ask";
import { COSTLY_FRESH_MS, useFollowPage } from "../../use_follow_page";
import { NodeCard } from "./node_card";
import { useGroupName } from "../../use_group_name";

type Period = "d30" | "d90" | "d365" | "year";
const PERIODS: readonly Period[] = ["d30", "d90", "d365", "year"];
const DAY_MS = 86_400_000;

function firstDay(period: Period, now: Date): string {
  if (period === "year") return `${now.getFullYear()}-01-01`;
  return isoDay(new Date(now.getTime() - (Number(period.slice(1)) - 1) * DAY_MS));
}

const ended = (row: WorthRow) => row.acceptedPaid + row.acceptedUnpaid + row.hinderedPaid + row.hinderedUnpaid;
const notKnown = (row: WorthRow) => (row.checks > ended(row) ? row.checks - ended(row) : 0n);

// Share of the orders whose end is known that were not paid.
function unpaidPpm(row: WorthRow): number | undefined {
  const all = ended(row);
  return all === 0n ? undefined : Number(((row.acceptedUnpaid + row.hinderedUnpaid) * 1_000_000n) / all);
}

function Numbers({ all }: { all: WorthRow }) {
  const t = useWords(overviewWords);
  const format = useFormat();
  const share = all.checks === 0n ? 0n : (all.hindered * 1_000_000n) / all.checks;
  const numbers: [string, bigint][] = [
    [t.checks, all.checks],
    [t.hindered, all.hindered],
    [t.acceptedPaid, all.acceptedPaid],
    [t.acceptedUnpaid, all.acceptedUnpaid],
    [t.hinderedPaid, all.hinderedPaid],
    [t.hinderedUnpaid, all.hinderedUnpaid],
  ];
  return (
    <Card>
      <dl class="numbers">
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{format.number(value)}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">{t.hinderedHint(format.percent(share))}</p>
    </Card>
  );
}

function Avoided({ all }: { all: WorthRow }) {
  const t = useWords(overviewWords);
  const format = useFormat();
  const money = all.money.filter((each) => each.hinderedMinor > 0n);
  return (
    <Card title={t.avoided}>
      {money.length === 0 && <p class="muted">{t.avoidedNone}</p>}
      {money.map((each) => {
        const show = (minor: bigint) => format.money({ minor, currency: each.currency });
        return (
          <div class="stack stack-small" key={each.currency}>
            <p class="avoided">{show(each.avoidedMinor)}</p>
            <p>{t.avoidedRange(show(each.avoidedLeastMinor), show(each.avoidedMostMinor), show(each.avoidedMinor))}</p>
            <p class="muted">{t.avoidedOf(show(each.hinderedMinor))}</p>
          </div>
        );
      })}
      {money.length > 0 && <p class="muted small">{t.avoidedHow}</p>}
    </Card>
  );
}

function Worth({ value }: { value: ReportWorthResponse }) {
  const groupName = useGroupName();
  const t = useWords(overviewWords);
  const format = useFormat();
  const { all, months } = value;
  if (!all || all.checks === 0n) {
    return (
      <Card>
        <EmptyState icon={IconOverview} title={t.none}>
          {t.noneHint}
        </EmptyState>
      </Card>
    );
  }
  const short = new Intl.DateTimeFormat(format.locale, { month: "short", timeZone: "UTC" });
  const series = (name: string, of: (row: WorthRow) => bigint) => ({
    name,
    values: months.map((row) => Number(of(row))),
  });
  return (
    <>
      <Numbers all={all} />
      <Avoided all={all} />
      {months.length > 1 && (
        <Card title={t.months}>
          <StackedBars
            title={t.monthsTitle}
            of={t.month}
            labels={months.map((row) => `${short.format(new Date(`${row.month}-01`))} ${row.month.slice(2, 4)}`)}
            longLabels={months.map((row) => format.month(row.month))}
            series={[
              series(t.paid, (row) => row.acceptedPaid + row.hinderedPaid),
              series(t.acceptedUnpaid, (row) => row.acceptedUnpaid),
              series(t.hinderedUnpaid, (row) => row.hinderedUnpaid),
              series(t.other, notKnown),
            ]}
            show={(number) => format.number(number)}
          />
        </Card>
      )}
      {value.effects.length > 0 && (
        <Card title={t.effects}>
          <Table
            caption={t.effects}
            rows={value.effects}
            rowKey={(row) => String(row.effect)}
            columns={[
              { key: "effect", title: t.effect, lead: true, render: (row) => <EffectMark effect={row.effect} /> },
              { key: "checks", title: t.checks, end: true, render: (row) => format.number(row.checks) },
              {
                key: "bar",
                title: t.share,
                render: (row) => (
                  <svg class="effect-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                    <rect width={100} height={8} class="effect-bar-all" />
                    <rect
                      width={Math.max(row.checks > 0n ? 1 : 0, Number((row.checks * 100n) / all.checks))}
                      height={8}
                      class="effect-bar-part"
                    />
                  </svg>
                ),
              },
            ]}
          />
        </Card>
      )}
      {value.groups.length > 0 && (
        <Card title={t.groups}>
          <Table
            caption={t.groups}
            rows={value.groups}
            rowKey={(row) => row.group}
            columns={[
              { key: "group", title: t.group, lead: true, render: (row) => <strong>{groupName(row.group) || t.noGroup}</strong> },
              { key: "checks", title: t.checks, end: true, render: (row) => format.number(row.checks) },
              { key: "hindered", title: t.hindered, end: true, render: (row) => format.number(row.hindered) },
              {
                key: "unpaid",
                title: t.unpaidRate,
                end: true,
                render: (row) => {
                  const ppm = unpaidPpm(row);
                  return ppm === undefined ? "" : format.percent(ppm, 1);
                },
              },
              {
                key: "avoided",
                title: t.avoided,
                end: true,
                render: (row) =>
                  format.list(
                    row.money.map((each) => format.money({ minor: each.avoidedMinor, currency: each.currency })),
                  ),
              },
            ]}
          />
        </Card>
      )}
    </>
  );
}

export default function Overview() {
  const t = useWords(overviewWords);
  const format = useFormat();
  const [period, setPeriod] = useState<Period>("d365");
  const asked = useAsk(
    (signal) => {
      const now = new Date();
      return policy.reportWorth({ from: firstDay(period, now), to: isoDay(now) }, { signal });
    },
    [period],
  );
  useFollowPage(asked, COSTLY_FRESH_MS);
  const value = asked.value;
  return (
    <Page>
      <PageHeader title={t.title} intro={t.intro} />
      <NodeCard />
      <div class="period">
        <SelectField
          label={t.period}
          hint={value && t.fromTo(format.day(value.from), format.day(value.to))}
          value={period}
          options={PERIODS.map((each) => ({ value: each, label: t.periods[each] }))}
          onValue={setPeriod}
        />
      </div>
      <Failure error={asked.error} again={asked.again} />
      {!value && asked.loading && <Loading />}
      {value && <Worth value={value} />}
    </Page>
  );
}
