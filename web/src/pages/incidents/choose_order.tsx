// The invoice from which an incident is filed.
import { Code } from "@connectrpc/connect";
import { useEffect, useState } from "preact/hooks";
import { book, shop } from "../../api";
import type { Order } from "../../gen/daftar/v1/book_pb";
import type { Suggestion } from "../../gen/daftar/v1/shop_pb";
import { filingWords } from "../../i18n/filing";
import { useWords } from "../../i18n/words";
import { href } from "../../router";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { IconAccept, IconCheck, IconSearch } from "../../ui/icons";
import { Card, EmptyState, Facts, Failure, Loading, Note } from "../../ui/layout";
import { Badge, Day, MoneyText } from "../../ui/marks";
import { type Column, More, Table } from "../../ui/table";
import { useAsk } from "../../use_ask";

const PAGE_SIZE = 20;

export interface Chosen {
  order: Order;
  // What the book thinks that happened; empty when it has no idea.
  reason: string;
}

const whoOf = (row: { customerName: string; identifiers: string[] }) =>
  [row.customerName, row.identifiers.join(", ")].filter(Boolean).join(" · ");

export function ChooseOrder({ onChoose }: { onChoose: (chosen: Chosen) => void }) {
  const t = useWords(filingWords);
  const [invoice, setInvoice] = useState("");
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>();
  const late = useAsk((signal) => shop.suggestIncidents({ pageSize: PAGE_SIZE }, { signal }), []);
  const [more, setMore] = useState<{ rows: Suggestion[]; token: string }>();
  useEffect(() => setMore(undefined), [late.value]);
  const found = [...(late.value?.suggestions ?? []), ...(more?.rows ?? [])];
  // What is still owed comes first.
  const rows = [...found.filter(({ paid }) => !paid), ...found.filter(({ paid }) => paid)];
  const token = more ? more.token : (late.value?.nextPageToken ?? "");

  const find = async (by: { case: "invoice" | "order"; value: string }, reason: string) => {
    setBusy(by.value);
    setError(undefined);
    try {
      const { order } = await book.getOrder({ by });
      if (order) onChoose({ order, reason });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy("");
    }
  };
  const loadMore = async () => {
    setBusy("more");
    setError(undefined);
    try {
      const next = await shop.suggestIncidents({ pageSize: PAGE_SIZE, pageToken: token });
      setMore({ rows: [...(more?.rows ?? []), ...next.suggestions], token: next.nextPageToken });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy("");
    }
  };
  const columns: Column<Suggestion>[] = [
    { key: "invoice", title: t.invoice, lead: true, render: (row) => <strong class="breaks">{row.invoice}</strong> },
    { key: "buyer", title: t.buyer, render: whoOf },
    { key: "amount", title: t.amount, end: true, render: (row) => <MoneyText money={row.amount} /> },
    {
      key: "late",
      title: t.due,
      render: (row) => (
        <span class="lines">
          <span>
            {t.daysLate(row.daysLate)} (<Day on={row.due} />)
          </span>
          {row.paid && (
            <span>
              <Badge tone="good" icon={IconCheck}>
                {t.paid}
              </Badge>{" "}
              <Day on={row.paid} />
            </span>
          )}
          {row.disputed && (
            <span>
              <Badge tone="bad">{t.inDispute}</Badge>
            </span>
          )}
        </span>
      ),
    },
    {
      key: "choose",
      title: t.choose,
      end: true,
      render: (row) => (
        <Button
          busy={busy === row.order}
          onClick={() => void find({ case: "order", value: row.order }, row.reason)}
        >
          {t.choose}
          <span class="visually-hidden">: {row.invoice}</span>
        </Button>
      ),
    },
  ];
  return (
    <Card>
      <form
        class="find-row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (invoice.trim()) void find({ case: "invoice", value: invoice.trim() }, "");
        }}
      >
        <TextField
          label={t.invoice}
          hint={t.invoiceHint}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={invoice}
          onValue={setInvoice}
        />
        <Button type="submit" icon={IconSearch} busy={busy !== "" && busy === invoice.trim()}>
          {t.find}
        </Button>
      </form>
      <Failure
        error={error}
        sentence={({ code }) => (code === Code.NotFound ? t.invoiceNotFound : undefined)}
      />
      <div>
        <h2>{t.late}</h2>
        <p class="small muted">{t.lateHint}</p>
      </div>
      <Failure error={late.error} again={late.again} />
      {!late.value && late.loading && <Loading />}
      {late.value && rows.length === 0 && (
        <EmptyState icon={IconAccept} title={t.noLate}>
          {t.noLateHint}
        </EmptyState>
      )}
      {rows.length > 0 && <Table caption={t.late} columns={columns} rows={rows} rowKey={(row) => row.order} />}
      {token && <More busy={busy === "more"} onMore={loadMore} />}
    </Card>
  );
}

export function ChosenOrder({ order, onAnother }: { order: Order; onAnother: () => void }) {
  const t = useWords(filingWords);
  return (
    <Card
      title={t.chosen(order.invoice)}
      actions={
        <Button kind="quiet" onClick={onAnother}>
          {t.another}
        </Button>
      }
    >
      <Facts
        facts={[
          { name: t.buyer, value: whoOf(order) },
          { name: t.amount, value: <MoneyText money={order.amount} /> },
          { name: t.invoiced, value: <Day on={order.invoiced} /> },
          {
            name: t.due,
            value: (
              <>
                <Day on={order.due} />
                {order.daysLate > 0 && ` · ${t.daysLate(order.daysLate)}`}
              </>
            ),
          },
          { name: t.paid, value: order.paid && <Day on={order.paid} /> },
        ]}
      />
      {order.incident && order.incidentState !== "withdrawn" && (
        <Note tone="amber">
          {t.hasIncident} <a href={href("incidents", order.incident)}>{t.openIt}</a>
        </Note>
      )}
    </Card>
  );
}
