import { useFormat } from "../../format/use_format";
import type { IssuerRecord } from "../../gen/daftar/v1/node_pb";
import { partnersWords } from "../../i18n/partners";
import { useWords } from "../../i18n/words";
import { Card } from "../../ui/layout";

// How a partner's reports turned out.
export function Record({ record }: { record: IssuerRecord }) {
  const t = useWords(partnersWords);
  const format = useFormat();
  if (record.reports === 0n) {
    return (
      <Card title={t.record}>
        <p class="muted">{t.recordNone}</p>
      </Card>
    );
  }
  const said = t.disputesBar(format.number(record.disputed), format.number(record.reports));
  const lines: [string, bigint][] = [
    [t.reports, record.reports],
    [t.settled, record.settled],
    [t.corrected, record.corrected],
    [t.withdrawn, record.withdrawn],
    [t.erased, record.erased],
  ];
  const disputes: [string, bigint][] = [
    [t.upheld, record.upheld],
    [t.givenUp, record.givenUp],
    [t.answeredInTime, record.answeredInTime],
    [t.answeredLate, record.answeredLate],
    [t.waiting, record.waiting],
    [t.waitingTooLong, record.waitingTooLong],
  ];
  const numbers = (of: [string, bigint][]) => (
    <dl class="record">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{format.number(value)}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <Card title={t.record}>
      <p class="muted">{t.recordIntro}</p>
      {numbers(lines)}
      <div class="stack stack-small">
        <p>{said}</p>
        <meter
          class="share"
          aria-label={t.disputed}
          aria-valuetext={said}
          min={0}
          max={Number(record.reports)}
          value={Number(record.disputed)}
        />
      </div>
      {record.disputed > 0n && numbers(disputes)}
    </Card>
  );
}
