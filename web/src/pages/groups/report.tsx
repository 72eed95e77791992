import { useEffect, useState } from "preact/hooks";
import { book } from "../../api";
import { isAborted } from "../../errors";
import { isoDay } from "../../format/date";
import { useFormat } from "../../format/use_format";
import type { GroupReportRow, ReportGroupsResponse, ReportProgress } from "../../gen/daftar/v1/book_pb";
import { groupsWords } from "../../i18n/groups";
import { useWords } from "../../i18n/words";
import { Card, Failure } from "../../ui/layout";
import { Progress } from "../../ui/marks";
import { Table } from "../../ui/table";
import { useGroupName } from "../../use_group_name";

const YEAR_MS = 365 * 86_400_000;

export function Report() {
  const groupName = useGroupName();
  const t = useWords(groupsWords);
  const format = useFormat();
  const [progress, setProgress] = useState<ReportProgress>();
  const [answer, setAnswer] = useState<ReportGroupsResponse>();
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const now = new Date();
    setError(undefined);
    (async () => {
      const request = { from: isoDay(new Date(now.getTime() - YEAR_MS)), to: isoDay(now) };
      for await (const message of book.reportGroups(request, { signal: stop.signal })) {
        if (message.progress) setProgress(message.progress);
        else setAnswer(message);
      }
    })().catch((failure: unknown) => {
      if (!stop.signal.aborted && !isAborted(failure)) setError(failure);
    });
    return () => stop.abort();
  }, [round]);
  const number = (key: string, title: string, of: (row: GroupReportRow) => bigint) => ({
    key,
    title,
    end: true,
    render: (row: GroupReportRow) => format.number(of(row)),
  });
  return (
    <Card title={t.tabs.report}>
      <p class="muted">{t.reportHint}</p>
      <Failure error={error} again={() => setRound(round + 1)} />
      {!answer && error === undefined && (
        <Progress
          label={
            progress
              ? t.reading(format.number(progress.customersDone), format.number(progress.customers))
              : t.readingBegin
          }
          value={Number(progress?.customersDone ?? 0n)}
          max={Number(progress?.customers ?? 0n)}
        />
      )}
      {answer?.rows.length === 0 && <p class="muted">{t.reportNone}</p>}
      {answer && answer.rows.length > 0 && (
        <Table
          caption={t.tabs.report}
          rows={answer.rows}
          rowKey={(row) => `${row.group} ${row.currency}`}
          columns={[
            { key: "group", title: t.group, lead: true, render: (row) => <strong>{groupName(row.group) || t.noGroup}</strong> },
            number("customers", t.customers, (row) => row.members),
            number("orders", t.orders, (row) => row.orders),
            {
              key: "turnover",
              title: t.turnover,
              end: true,
              render: (row) => format.money({ minor: row.turnoverMinor, currency: row.currency }),
            },
            number("on-time", t.onTime, (row) => row.paidOnTime),
            number("late", t.late, (row) => row.late),
            number("unpaid", t.unpaid, (row) => row.unpaid),
            number("open", t.open, (row) => row.open),
            {
              key: "loss",
              title: t.loss,
              end: true,
              render: (row) => format.money({ minor: row.lossMinor, currency: row.currency }),
            },
          ]}
        />
      )}
    </Card>
  );
}
