// The track record as a picture: orders by month, by what became of them. The same as a table stands
// below it.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useFormat } from "../../format/use_format";
import type { Order } from "../../gen/daftar/v1/book_pb";
import type { OrderSummary } from "../../gen/daftar/v1/shop_pb";
import { customersWords } from "../../i18n/customers";
import { useWords } from "../../i18n/words";
import { Fold } from "../../ui/fold";
import { Card, EmptyState, Facts } from "../../ui/layout";
import { type Column, Table } from "../../ui/table";
import { IconOverview } from "../../ui/icons";
import { Owed } from "./list";

const KINDS = ["onTime", "late", "open", "unpaid", "unclear"] as const;
type Kind = (typeof KINDS)[number];

const KIND_OF: Record<string, Kind> = {
  paid: "onTime",
  late: "late",
  open: "open",
  overdue: "unpaid",
  unpaid: "unpaid",
  "given-up": "unpaid",
  broken: "unpaid",
  disputed: "unclear",
};

export interface Month {
  // Like "2026-11".
  month: string;
  counts: Record<Kind, number>;
}

const HEIGHT = 176;
const AXIS = 26;
const TOP = 18;
const MOST_MONTHS = 36;
const MIN_COLUMN = 20;

// Every month from the first order to the last, also those without one; the newest `most` of them.
export function months(orders: readonly Order[], most: number): Month[] {
  const byMonth = new Map<string, Month>();
  for (const order of orders) {
    const month = order.invoiced.slice(0, 7);
    if (!/^\d{4}-\d{2}$/.test(month)) continue;
    let row = byMonth.get(month);
    if (!row) {
      row = { month, counts: { onTime: 0, late: 0, open: 0, unpaid: 0, unclear: 0 } };
      byMonth.set(month, row);
    }
    row.counts[KIND_OF[order.state] ?? "unclear"] += 1;
  }
  const known = [...byMonth.keys()].sort();
  const first = known[0];
  const last = known[known.length - 1];
  if (!first || !last) return [];
  const all: Month[] = [];
  let [year = 0, month = 0] = last.split("-").map(Number);
  while (all.length < most) {
    const name = `${year}-${String(month).padStart(2, "0")}`;
    if (name < first) break;
    all.unshift(byMonth.get(name) ?? { month: name, counts: { onTime: 0, late: 0, open: 0, unpaid: 0, unclear: 0 } });
    month -= 1;
    if (month === 0) {
      month = 12;
      year -= 1;
    }
  }
  return all;
}

const total = ({ counts }: Month) => KINDS.reduce((sum, kind) => sum + counts[kind], 0);

export function TrackRecord({
  orders,
  more,
  summary,
}: {
  // The newest ones; `more`: there are older ones.
  orders: readonly Order[];
  more: boolean;
  summary: OrderSummary | undefined;
}) {
  const t = useWords(customersWords);
  const format = useFormat();
  const shown = months(orders, MOST_MONTHS);
  if (shown.length === 0) {
    return (
      <Card title={t.record}>
        <EmptyState icon={IconOverview} title={t.recordNone}>
          {t.recordNoneHint}
        </EmptyState>
      </Card>
    );
  }
  const counts = (kind: Kind) => orders.filter((order) => (KIND_OF[order.state] ?? "unclear") === kind).length;
  const columns: Column<Month>[] = [
    { key: "month", title: t.month, lead: true, render: (row) => <strong>{format.month(row.month)}</strong> },
    ...KINDS.filter((kind) => counts(kind) > 0).map((kind) => ({
      key: kind,
      title: t.kinds[kind],
      end: true,
      render: (row: Month) => format.number(row.counts[kind]),
    })),
  ];
  return (
    <Card title={t.record}>
      <p>
        {t.summary(
          format.number(summary?.paidOnTime ?? counts("onTime")),
          format.number(summary?.late ?? counts("late")),
          format.number(summary ? summary.open - summary.overdue : counts("open")),
          format.number(summary?.overdue ?? counts("unpaid")),
        )}
      </p>
      <figure class="stack">
        <Bars months={shown} />
        <figcaption>
          <ul class="legend">
            {KINDS.filter((kind) => counts(kind) > 0).map((kind) => (
              <li key={kind}>
                <svg width="18" height="18" aria-hidden="true" focusable="false">
                  <Patterns id={`legend-${kind}`} />
                  <rect x="1" y="1" width="16" height="16" rx="3" class={`bar bar-${kind}`} />
                  <Hatch kind={kind} id={`legend-${kind}`} x={1} y={1} width={16} height={16} />
                </svg>
                {t.kinds[kind]}
              </li>
            ))}
          </ul>
        </figcaption>
      </figure>
      {more && <p class="small muted">{t.recordPart(format.number(orders.length))}</p>}
      {summary && (
        <Facts
          facts={[
            { name: t.settled, value: format.number(summary.settled) },
            {
              name: t.worst,
              value: summary.daysLateWorst > 0n && t.daysLate(format.number(summary.daysLateWorst)),
            },
            { name: t.openAmounts, value: summary.openAmounts.length > 0 && <Owed orders={summary} /> },
          ].filter(({ value }) => value !== false)}
        />
      )}
      <Fold title={t.asTable}>
        <Table caption={t.record} columns={columns} rows={shown.filter((row) => total(row) > 0)} rowKey={(row) => row.month} />
      </Fold>
    </Card>
  );
}

// Lines over a colour, so that nobody needs the colour.
function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-late`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" class="hatch" />
      </pattern>
      <pattern id={`${id}-unpaid`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path d="M0 0 6 6M6 0 0 6" class="hatch" />
      </pattern>
      <pattern id={`${id}-unclear`} width="5" height="5" patternUnits="userSpaceOnUse">
        <circle cx="2.5" cy="2.5" r="1" class="dots" />
      </pattern>
    </defs>
  );
}

function Hatch({ kind, id, ...box }: { kind: Kind; id: string; x: number; y: number; width: number; height: number }) {
  if (kind === "onTime" || kind === "open") return null;
  return <rect {...box} rx={3} fill={`url(#${id}-${kind})`} />;
}

function Bars({ months: all }: { months: readonly Month[] }) {
  const t = useWords(customersWords);
  const format = useFormat();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  // As many months as there is room for; the table has all.
  const shown = width > 0 ? all.slice(-Math.max(1, Math.floor(width / MIN_COLUMN))) : [];
  const tallest = Math.max(1, ...shown.map(total));
  const column = shown.length > 0 ? Math.min(64, width / shown.length) : 0;
  const bar = Math.max(8, Math.min(36, column - 6));
  const unit = (HEIGHT - AXIS - TOP) / tallest;
  // A name under every so many columns.
  const every = Math.max(1, Math.ceil(64 / Math.max(1, column)));
  const first = shown[0];
  const last = shown[shown.length - 1];
  const base = HEIGHT - AXIS;
  return (
    <div ref={box} class="bars">
      {first && last && (
        <svg
          role="img"
          aria-label={t.pictureOf(format.month(first.month), format.month(last.month))}
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
        >
          <Patterns id={id} />
          <line x1="0" x2={width} y1={base} y2={base} class="axis" />
          {shown.map((row, at) => {
            const x = at * column + (column - bar) / 2;
            let y = base;
            const count = total(row);
            return (
              <g key={row.month}>
                {KINDS.map((kind) => {
                  const height = row.counts[kind] * unit;
                  if (height === 0) return null;
                  y -= height;
                  const part = { x, y: y + 1, width: bar, height: Math.max(1, height - 2) };
                  return (
                    <g key={kind}>
                      <rect {...part} rx={3} class={`bar bar-${kind}`} />
                      <Hatch kind={kind} id={id} {...part} />
                    </g>
                  );
                })}
                {count > 0 && (
                  <text x={x + bar / 2} y={y - 4} class="bar-count">
                    {format.number(count)}
                  </text>
                )}
                {(shown.length - 1 - at) % every === 0 && (
                  <text
                    x={Math.min(width - 22, Math.max(22, x + bar / 2))}
                    y={HEIGHT - 8}
                    class="bar-name"
                  >
                    {new Intl.DateTimeFormat(format.locale, { month: "short", year: "2-digit", timeZone: "UTC" }).format(
                      new Date(`${row.month}-01`),
                    )}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}
