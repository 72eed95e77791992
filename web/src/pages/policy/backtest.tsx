// What the policy would have made of past orders.
import { useEffect, useRef, useState } from "preact/hooks";
import { policy } from "../../api";
import { isAborted } from "../../errors";
import { useFormat } from "../../format/use_format";
import type {
  BacktestMoney,
  BacktestPolicyResponse,
  BacktestProgress,
  BacktestReport,
} from "../../gen/daftar/v1/policy_pb";
import { useLanguage } from "../../i18n/language";
import { policyWords } from "../../i18n/policy";
import { useWords } from "../../i18n/words";
import { Button } from "../../ui/button";
import { Lines } from "../../ui/chart";
import { Fold } from "../../ui/fold";
import { Card, Facts, Failure, Note } from "../../ui/layout";
import { EffectMark, Progress } from "../../ui/marks";
import { Table } from "../../ui/table";
import { notesOf } from "./notes";

// Of the curve's points, which are 0.1 % apart, so many make a step of the picture.
const STEP = 5;
const PPM_OF_POINT = 1_000;
const WHOLE_PPM = 1_000_000;

function useMoney() {
  const format = useFormat();
  return (money: BacktestMoney[], of: "lossMinor" | "salesMinor") =>
    format.list(money.map((each) => format.money({ minor: each[of], currency: each.currency })));
}

function Curve({ report, inForce }: { report: BacktestReport; inForce: BacktestReport | undefined }) {
  const t = useWords(policyWords);
  const format = useFormat();
  const points = report.curvePpm.map((_, at) => at).filter((at) => at % STEP === 0);
  const series = (name: string, of: BacktestReport) => ({ name, values: points.map((at) => of.curvePpm[at] ?? 0) });
  return (
    <Card title={t.curve}>
      <p class="muted">{t.curveHint}</p>
      <Lines
        title={t.curve}
        of={t.hindered}
        labels={points.map((at) => format.percent(at * PPM_OF_POINT, 1))}
        series={[series(t.draft, report), ...(inForce ? [series(t.inForce, inForce)] : [])]}
        show={(value) => format.percent(value)}
        most={WHOLE_PPM}
      />
      <Facts
        facts={[
          { name: `${t.quality}: ${t.draft}`, value: format.percent(report.aucPpm, 1) },
          { name: `${t.quality}: ${t.inForce}`, value: inForce && format.percent(inForce.aucPpm, 1) },
        ]}
      />
      <p class="small muted">{t.qualityHint}</p>
    </Card>
  );
}

function Report({ answer, report }: { answer: BacktestPolicyResponse; report: BacktestReport }) {
  const t = useWords(policyWords);
  const format = useFormat();
  const money = useMoney();
  const language = useLanguage();
  const { inForce } = answer;
  const notes = notesOf(report.notes, report.noted, t.noted, format.number);
  if (report.orders === 0n) return <Note tone="amber">{t.backtestNone}</Note>;
  return (
    <>
      <p>
        {t.orders(
          format.number(report.good + report.bad),
          format.number(report.orders),
          format.number(report.good),
          format.number(report.bad),
        )}
      </p>
      {report.curvePpm.length > 0 && <Curve report={report} inForce={inForce} />}
      <Card title={t.effects}>
        <Table
          caption={t.effects}
          rows={report.effects}
          rowKey={(row) => String(row.effect)}
          columns={[
            { key: "effect", title: t.effect, lead: true, render: (row) => <EffectMark effect={row.effect} /> },
            { key: "good", title: t.good, end: true, render: (row) => format.number(row.good) },
            { key: "bad", title: t.bad, end: true, render: (row) => format.number(row.bad) },
            ...(inForce
              ? (["good", "bad"] as const).map((which) => ({
                  key: `now-${which}`,
                  title: which === "good" ? t.goodNow : t.badNow,
                  end: true,
                  render: (row: { effect: number }) =>
                    format.number(inForce.effects.find(({ effect }) => effect === row.effect)?.[which] ?? 0n),
                }))
              : []),
          ]}
        />
      </Card>
      {report.points.length > 0 && (
        <Card title={t.money}>
          <Table
            caption={t.money}
            rows={report.points}
            rowKey={(row) => String(row.hinderedPpm)}
            columns={[
              { key: "hindered", title: t.hindered, render: (row) => format.percent(row.hinderedPpm, 1) },
              { key: "caught", title: t.caught, end: true, render: (row) => format.percent(row.caughtPpm) },
              { key: "loss", title: t.avoided, end: true, render: (row) => money(row.money, "lossMinor") },
              { key: "sales", title: t.sales, end: true, render: (row) => money(row.money, "salesMinor") },
            ]}
          />
        </Card>
      )}
      {notes.length > 0 && (
        <Card title={t.notes}>
          <ul class="policy-notes">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
          {report.noted.length > 0 && language !== "en" && (
            <Fold title={t.notesDetails}>
              <ul class="policy-notes" lang="en">
                {report.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </Fold>
          )}
        </Card>
      )}
    </>
  );
}

export function Backtest({ toml, ready }: { toml: string; ready: boolean }) {
  const t = useWords(policyWords);
  const format = useFormat();
  const [progress, setProgress] = useState<BacktestProgress>();
  const [answer, setAnswer] = useState<BacktestPolicyResponse>();
  const [error, setError] = useState<unknown>();
  const [stopped, setStopped] = useState(false);
  const [busy, setBusy] = useState(false);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async () => {
    const now = new AbortController();
    stop.current = now;
    setBusy(true);
    setStopped(false);
    setError(undefined);
    setProgress(undefined);
    setAnswer(undefined);
    try {
      for await (const message of policy.backtestPolicy({ toml }, { signal: now.signal })) {
        if (message.report) setAnswer(message);
        else setProgress(message.progress);
      }
    } catch (failure) {
      if (now.signal.aborted || isAborted(failure)) setStopped(true);
      else setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="stack stack-large">
      <Card title={t.backtest}>
        <p class="muted">{t.backtestHint}</p>
        <Failure error={error} again={start} />
        {stopped && <Note>{t.backtestStopped}</Note>}
        {busy ? (
          <>
            <Progress
              label={
                progress
                  ? t.backtestProgress(format.number(progress.done), format.number(progress.orders))
                  : t.backtestBegin
              }
              value={Number(progress?.done ?? 0n)}
              max={Number(progress?.orders ?? 0n)}
            />
            <div class="row">
              <Button onClick={() => stop.current?.abort()}>{t.backtestStop}</Button>
            </div>
          </>
        ) : (
          <div class="row">
            <Button kind="primary" disabled={!ready} onClick={start}>
              {t.backtestStart}
            </Button>
          </div>
        )}
      </Card>
      {answer?.report && <Report answer={answer} report={answer.report} />}
    </div>
  );
}
