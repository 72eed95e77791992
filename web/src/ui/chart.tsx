// Pictures of numbers, which stand below them as a table, too.
import "./chart.css";
import type { ComponentChildren } from "preact";
import { chartWords } from "../i18n/chart";
import { useWords } from "../i18n/words";
import { roundUp } from "./scale";
import { Fold } from "./fold";
import { Table } from "./table";

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 64;
const RIGHT = 8;
const TOP = 20;
const BOTTOM = 36;
const STEPS = 4;
// Narrower labels would run into each other.
const LABEL_WIDTH = 48;

export interface Series {
  name: string;
  // One for each label.
  values: number[];
}

const yOf = (value: number, most: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);

function Grid({ most, show }: { most: number; show: (value: number) => string }) {
  return (
    <g>
      {Array.from({ length: STEPS + 1 }, (_, step) => (most * step) / STEPS).map((value) => (
        <g key={value}>
          <line class="chart-grid" x1={LEFT} x2={WIDTH - RIGHT} y1={yOf(value, most)} y2={yOf(value, most)} />
          <text x={LEFT - 8} y={yOf(value, most) + 4} text-anchor="end">
            {show(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

function Legend({ series, line }: { series: Series[]; line: boolean }) {
  return (
    <ul class="chart-legend">
      {series.map(({ name }, at) => (
        <li key={name}>
          <svg viewBox="0 0 20 12" aria-hidden="true">
            {line ? (
              <line class={`chart-line series-${at}`} x1={0} x2={20} y1={6} y2={6} />
            ) : (
              <rect class={`series-${at}`} x={4} width={12} height={12} rx={2} />
            )}
          </svg>
          <span>{name}</span>
        </li>
      ))}
    </ul>
  );
}

function Numbers({
  title,
  of,
  labels,
  series,
  show,
}: {
  title: string;
  of: string;
  labels: string[];
  series: Series[];
  show: (value: number) => string;
}) {
  const t = useWords(chartWords);
  return (
    <Fold title={t.numbers}>
      <Table
        caption={title}
        rows={labels.map((label, at) => ({ label, at }))}
        rowKey={(row) => row.label}
        columns={[
          { key: "label", title: of, lead: true, render: (row) => row.label },
          ...series.map(({ name, values }) => ({
            key: name,
            title: name,
            end: true,
            render: (row: { at: number }) => show(values[row.at] ?? 0),
          })),
        ]}
      />
    </Fold>
  );
}

function Labels({ labels, xOf }: { labels: string[]; xOf: (at: number) => number }) {
  const every = Math.max(1, Math.ceil((labels.length * LABEL_WIDTH) / (WIDTH - LEFT - RIGHT)));
  return (
    <g>
      {labels.map(
        (label, at) =>
          at % every === 0 && (
            <text key={label} class="chart-label" x={xOf(at)} y={HEIGHT - 8} text-anchor="middle">
              {label}
            </text>
          ),
      )}
    </g>
  );
}

interface Look {
  // What the picture shows.
  title: string;
  // What the labels are, like "Month".
  of: string;
  labels: string[];
  // In the table, where there is room for more words.
  longLabels?: string[];
  series: Series[];
  show: (value: number) => string;
}

function Chart({ title, of, labels, longLabels, series, show, line, children }: Look & { line: boolean; children: ComponentChildren }) {
  return (
    <figure class="chart">
      <Legend series={series} line={line} />
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        {children}
      </svg>
      {line && (
        <div class="chart-axis" aria-hidden="true">
          {of}
        </div>
      )}
      <Numbers title={title} of={of} labels={longLabels ?? labels} series={series} show={show} />
    </figure>
  );
}

// Each label's values above each other.
export function StackedBars(look: Look) {
  const { labels, series, show } = look;
  const sums = labels.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const most = roundUp(Math.max(0, ...sums));
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, labels.length);
  const width = Math.min(40, step * 0.7);
  return (
    <Chart {...look} line={false}>
      <Grid most={most} show={show} />
      {labels.map((label, at) => {
        let below = 0;
        return (
          <g key={label}>
            {series.map(({ name, values }, which) => {
              const value = values[at] ?? 0;
              const y = yOf(below + value, most);
              const height = yOf(below, most) - y;
              below += value;
              return (
                <rect
                  key={name}
                  class={`chart-bar series-${which}`}
                  x={LEFT + step * (at + 0.5) - width / 2}
                  y={y}
                  width={width}
                  height={height}
                />
              );
            })}
          </g>
        );
      })}
      <Labels labels={labels} xOf={(at) => LEFT + step * (at + 0.5)} />
    </Chart>
  );
}

export function Lines(look: Look & { most?: number }) {
  const { labels, series, show } = look;
  const most = look.most ?? roundUp(Math.max(0, ...series.flatMap(({ values }) => values)));
  const xOf = (at: number) => LEFT + ((WIDTH - LEFT - RIGHT - 16) * at) / Math.max(1, labels.length - 1);
  return (
    <Chart {...look} line>
      <Grid most={most} show={show} />
      {series.map(({ name, values }, which) => (
        <polyline
          key={name}
          class={`chart-line series-${which}`}
          points={values.map((value, at) => `${xOf(at)},${yOf(value, most)}`).join(" ")}
        />
      ))}
      <Labels labels={labels} xOf={xOf} />
    </Chart>
  );
}
