import { useEffect, useState } from "preact/hooks";
import { shop } from "../../api";
import type { Incident } from "../../gen/daftar/v1/shop_pb";
import { incidentsWords } from "../../i18n/incidents";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { COUNTER } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { useFormat } from "../../format/use_format";
import { LinkButton } from "../../ui/button";
import { SelectField } from "../../ui/field";
import { IconIncident, IconPlus, IconWarning } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading, Page, PageHeader } from "../../ui/layout";
import { Age, Badge, MoneyText } from "../../ui/marks";
import { type Column, More, Table } from "../../ui/table";
import { Tabs } from "../../ui/tabs";
import { useAsk } from "../../use_ask";
import { FRESH_MS, useFollowPage } from "../../use_follow_page";
import { useReasons } from "./reasons";
import { QUEUES, type Queue, STATES } from "./states";
import { StateBadge, useNext } from "./words";

const PAGE_SIZE = 50;
// Of queues whose length is shown.
const COUNTED: readonly Queue[] = ["draft", "ready", "held", "disputed"];
const MOST_COUNTED = 100;

// Kept while other pages are open.
let lastQueue: Queue = "draft";
let lastState = "";

interface Batch {
  incidents: Incident[];
  // By state: where its next page begins; a state without one is at its end.
  tokens: Record<string, string>;
}

async function askPage(states: readonly string[], tokens: Record<string, string>, signal?: AbortSignal): Promise<Batch> {
  const answers = await Promise.all(
    states.map((state) =>
      shop.listIncidents({ state, pageSize: PAGE_SIZE, pageToken: tokens[state] ?? "" }, { signal }),
    ),
  );
  const next: Record<string, string> = {};
  answers.forEach((answer, at) => {
    if (answer.nextPageToken) next[states[at] ?? ""] = answer.nextPageToken;
  });
  return { incidents: answers.flatMap((answer) => answer.incidents), tokens: next };
}

// What is urgent comes first: disputes by their flag and deadline, holds by their end, others the
// newest first.
function inOrder(queue: Queue, incidents: Incident[]): Incident[] {
  const byDeadline = queue === "disputed" || queue === "held";
  return [...incidents].sort((a, b) => {
    if (queue === "disputed" && a.flagged !== b.flagged) return a.flagged ? -1 : 1;
    if (byDeadline && a.nextAt !== b.nextAt) {
      // Without a time somebody has to do something.
      if (!a.nextAt || !b.nextAt) return a.nextAt ? 1 : -1;
      return a.nextAt < b.nextAt ? -1 : 1;
    }
    return a.addedAt < b.addedAt ? 1 : a.addedAt > b.addedAt ? -1 : 0;
  });
}

export function IncidentList() {
  const t = useWords(incidentsWords);
  const mayFile = useMay(COUNTER);
  const format = useFormat();
  const [queue, setQueue] = useState<Queue>(lastQueue);
  const counts = useAsk(
    (signal) =>
      Promise.all(
        COUNTED.map(async (each) => {
          const answers = await Promise.all(
            STATES[each].map((state) => shop.listIncidents({ state, pageSize: MOST_COUNTED }, { signal })),
          );
          const more = answers.some((answer) => answer.nextPageToken);
          const count = answers.reduce((sum, answer) => sum + answer.incidents.length, 0);
          return [each, { count, more }] as const;
        }),
      ).then((pairs) => new Map<Queue, { count: number; more: boolean }>(pairs)),
    [],
  );
  useFollowPage(counts, FRESH_MS);
  const label = (each: Queue) => {
    const found = counts.value?.get(each);
    return found && found.count > 0
      ? t.counted(t.tabs[each], `${format.number(found.count)}${found.more ? "+" : ""}`)
      : t.tabs[each];
  };
  const choose = (next: Queue) => {
    lastQueue = next;
    lastState = "";
    setQueue(next);
  };
  return (
    <Page>
      <PageHeader
        title={t.title}
        intro={t.intro}
        actions={
          mayFile && (
            <LinkButton kind="primary" icon={IconPlus} href={href("incidents", "new")}>
              {t.file}
            </LinkButton>
          )
        }
      />
      <Tabs
        label={t.tabsLabel}
        tabs={QUEUES.map((id) => ({ id, label: label(id) }))}
        current={queue}
        onChange={choose}
      >
        <QueueList key={queue} queue={queue} />
      </Tabs>
    </Page>
  );
}

function QueueList({ queue }: { queue: Queue }) {
  const t = useWords(incidentsWords);
  const names = useWords(nameWords);
  const mayFile = useMay(COUNTER);
  const [state, setState] = useState(lastState);
  const states = state ? [state] : STATES[queue];
  const asked = useAsk((signal) => askPage(states, {}, signal), [queue, state]);
  const [more, setMore] = useState<Batch>();
  const [busy, setBusy] = useState(false);
  const [moreError, setMoreError] = useState<unknown>();
  // It would close the further pages that somebody has opened.
  useFollowPage(asked, more || busy ? undefined : FRESH_MS);
  useEffect(() => {
    setMore(undefined);
    setMoreError(undefined);
  }, [asked.value]);

  const tokens = (more ?? asked.value)?.tokens ?? {};
  const incidents = inOrder(queue, [...(asked.value?.incidents ?? []), ...(more?.incidents ?? [])]);
  const loadMore = async () => {
    setBusy(true);
    setMoreError(undefined);
    try {
      const next = await askPage(Object.keys(tokens), tokens);
      setMore({ incidents: [...(more?.incidents ?? []), ...next.incidents], tokens: next.tokens });
    } catch (error) {
      setMoreError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="stack">
      <div class="queue-head">
        <p class="muted">{t.tabHints[queue]}</p>
        {STATES[queue].length > 1 && (
          <SelectField
            label={t.show}
            value={state}
            options={[
              { value: "", label: t.anyState },
              ...STATES[queue].map((value) => ({ value, label: names.incidents[value] ?? value })),
            ]}
            onValue={(next) => {
              lastState = next;
              setState(next);
            }}
          />
        )}
      </div>
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value && incidents.length === 0 && (
        <Card>
          <EmptyState
            icon={IconIncident}
            title={t.empty[queue]}
            action={
              queue === "draft" &&
              mayFile && (
                <LinkButton kind="primary" icon={IconPlus} href={href("incidents", "new")}>
                  {t.file}
                </LinkButton>
              )
            }
          >
            {t.emptyHints[queue]}
          </EmptyState>
        </Card>
      )}
      {incidents.length > 0 && (
        <Card>
          <IncidentTable caption={t.tabs[queue]} incidents={incidents} states={STATES[queue].length > 1} />
          <Failure error={moreError} />
          {Object.keys(tokens).length > 0 && <More busy={busy} onMore={loadMore} />}
        </Card>
      )}
    </div>
  );
}

// Also on a customer's page.
export function IncidentTable({
  caption,
  incidents,
  states,
}: {
  caption: string;
  incidents: readonly Incident[];
  // Whether they are in several states, which are shown.
  states: boolean;
}) {
  const t = useWords(incidentsWords);
  const reasons = useReasons();
  const next = useNext();
  const columns: Column<Incident>[] = [
    {
      key: "what",
      title: t.what,
      lead: true,
      render: (row) => (
        <a class="row-link" href={href("incidents", row.id)}>
          {reasons.title(row.reason)}
        </a>
      ),
    },
    {
      key: "buyer",
      title: t.buyer,
      render: (row) =>
        row.identifiers.length > 0 && (
          <span class="lines">
            {row.identifiers.map((identifier) => (
              <span key={identifier}>{identifier}</span>
            ))}
          </span>
        ),
    },
    { key: "amount", title: t.amount, end: true, render: (row) => row.amount && <MoneyText money={row.amount} /> },
    ...(states ? [{ key: "state", title: t.stands, render: (row: Incident) => <StateBadge state={row.state} /> }] : []),
    {
      key: "next",
      title: t.next,
      render: (row) => {
        const reason = reasons.find(row.reason);
        const local = reason !== undefined && !reason.shareable && row.logIndex === undefined;
        const sentence = local ? t.staysHere : next(row);
        if (!row.flagged) return sentence;
        return (
          <span class="lines">
            <span>
              <Badge tone="bad" icon={IconWarning}>
                {t.overdueAnswer}
              </Badge>
            </span>
            {sentence && <span>{sentence}</span>}
          </span>
        );
      },
    },
    { key: "filed", title: t.filed, render: (row) => <Age at={row.addedAt} /> },
  ];
  return <Table caption={caption} columns={columns} rows={incidents} rowKey={(row) => row.id} />;
}
