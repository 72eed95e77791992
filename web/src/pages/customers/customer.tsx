// One customer of the book.
import { useEffect, useState } from "preact/hooks";
import { book, shop } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Order } from "../../gen/daftar/v1/book_pb";
import type { Customer, ListedReceipt } from "../../gen/daftar/v1/shop_pb";
import { Effect } from "../../gen/daftar/v1/types_pb";
import { customersWords } from "../../i18n/customers";
import { useLanguage } from "../../i18n/language";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { IconCustomers, IconKey, IconLetter, IconPlus, IconTrash } from "../../ui/icons";
import { Card, Facts, Failure, Loading, Page, PageHeader } from "../../ui/layout";
import { Age, Badge, EffectMark, MoneyText } from "../../ui/marks";
import { type Column, More, Table } from "../../ui/table";
import { useAsk } from "../../use_ask";
import { useOpens } from "../../use_opens";
import { IncidentTable } from "../incidents/list";
import { useWho } from "../incidents/words";
import { AddIdentifier, ChangeGroups, Erase, Merge, Trust, Unmerge, Untrust } from "./dialogs";
import { Orders } from "./orders";
import { ReportDialog } from "./report";
import { TrackRecord } from "./record";
import { useGroupName } from "../../use_group_name";

const ORDERS = 200;
const ROWS = 20;

type Open = "groups" | "trust" | "untrust" | "identifier" | "merge" | "erase" | "report" | { unmerge: string; name: string };

export function OneCustomer({ id }: { id: string }) {
  const t = useWords(customersWords);
  const format = useFormat();
  const manager = useMay(MANAGERS);
  const [open, setOpen] = useState<Open>();
  // Of what was changed here: another customer may have come into this one.
  const [round, setRound] = useState(0);
  const asked = useAsk(async (signal) => (await shop.getCustomer({ by: { case: "id", value: id } }, { signal })).customer, [id]);
  const orders = useAsk((signal) => book.listOrders({ customer: id, pageSize: ORDERS }, { signal }), [id]);
  const [more, setMore] = useState<{ rows: Order[]; token: string }>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => setMore(undefined), [orders.value]);
  const back = { href: href("customers"), label: t.back };
  const customer = asked.value;
  if (!customer) {
    return (
      <Page>
        <PageHeader title={t.title} back={back} />
        <Failure error={asked.error} again={asked.again} />
        {asked.loading && <Loading />}
      </Page>
    );
  }
  const all = [...(orders.value?.orders ?? []), ...(more?.rows ?? [])];
  const token = more ? more.token : (orders.value?.nextPageToken ?? "");
  const loadMore = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const next = await book.listOrders({ customer: id, pageSize: ORDERS, pageToken: token });
      setMore({ rows: [...(more?.rows ?? []), ...next.orders], token: next.nextPageToken });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const close = () => setOpen(undefined);
  const changed = () => {
    close();
    asked.again();
    orders.again();
    setRound((before) => before + 1);
  };
  const props = { customer, onClose: close, onDone: changed };
  return (
    <Page>
      <PageHeader
        title={customer.name || t.noName}
        tab={t.title}
        intro={t.inBook(format.age(customer.addedAt))}
        back={back}
        actions={
          <Button icon={IconLetter} onClick={() => setOpen("report")}>
            {t.report}
          </Button>
        }
      />
      <Failure error={asked.error} again={asked.again} />
      <Who customer={customer} manager={manager} onOpen={setOpen} />
      <Failure error={orders.error} again={orders.again} />
      {!orders.value && orders.loading && <Loading />}
      {orders.value && (
        <>
          <TrackRecord orders={all} more={token !== ""} summary={customer.orders} />
          <Failure error={error} />
          <Orders orders={all} more={token !== ""} busy={busy} onMore={loadMore} onChange={changed} />
        </>
      )}
      <Incidents id={id} round={round} />
      <Decisions id={id} round={round} />
      {manager && (
        <Card title={t.more}>
          <div class="row">
            <Button icon={IconCustomers} onClick={() => setOpen("merge")}>
              {t.merge}
            </Button>
            <Button kind="danger" icon={IconTrash} onClick={() => setOpen("erase")}>
              {t.erase}
            </Button>
          </div>
        </Card>
      )}
      {open === "groups" && <ChangeGroups {...props} />}
      {open === "trust" && <Trust {...props} />}
      {open === "untrust" && <Untrust {...props} />}
      {open === "identifier" && <AddIdentifier {...props} />}
      {open === "merge" && <Merge {...props} />}
      {open === "erase" && <Erase {...props} />}
      {open === "report" && <ReportDialog customer={customer} onClose={close} />}
      {typeof open === "object" && <Unmerge {...props} id={open.unmerge} name={open.name} />}
    </Page>
  );
}

function Who({
  customer,
  manager,
  onOpen,
}: {
  customer: Customer;
  manager: boolean;
  onOpen: (open: Open) => void;
}) {
  const groupName = useGroupName();
  const t = useWords(customersWords);
  const format = useFormat();
  return (
    <Card
      title={t.facts}
      actions={
        <>
          <Button icon={IconPlus} onClick={() => onOpen("identifier")}>
            {t.addIdentifier}
          </Button>
          {manager && <Button onClick={() => onOpen("groups")}>{t.changeGroups}</Button>}
          {manager && (
            <Button icon={IconKey} onClick={() => onOpen(customer.allowedBy ? "untrust" : "trust")}>
              {customer.allowedBy ? t.untrust : t.trust}
            </Button>
          )}
        </>
      }
    >
      <Facts
        facts={[
          {
            name: t.identifiers,
            value: (
              <ul>
                {customer.identifiers.map((identifier) => (
                  <li key={identifier}>{identifier}</li>
                ))}
              </ul>
            ),
          },
          {
            name: t.groupNow,
            value: customer.group ? (
              <>
                <Badge tone="blue">{groupName(customer.group)}</Badge>{" "}
                {!customer.groups.includes(customer.group) && <span class="small muted">{t.byRecord}</span>}
                {customer.tiedGroups.length > 0 && <div class="small">{t.tied(format.list(customer.tiedGroups.map(groupName)))}</div>}
              </>
            ) : (
              t.noGroup
            ),
          },
          { name: t.byHand, value: format.list(customer.groups.map(groupName)) },
          { name: t.trusted, value: customer.allowedBy ? t.trustedYes : t.trustedNo },
          {
            name: t.parts,
            value: customer.merged.length > 0 && (
              <ul class="stack stack-small">
                <li>{t.partsOf(customer.merged.length)}</li>
                {manager &&
                  customer.merged.map((part, at) => (
                    <li key={part}>
                      <Button onClick={() => onOpen({ unmerge: part, name: t.part(at + 1) })}>
                        {t.unmergeOf(t.part(at + 1))}
                      </Button>
                    </li>
                  ))}
              </ul>
            ),
          },
        ].filter(({ value }) => value !== false)}
      />
    </Card>
  );
}

function Incidents({ id, round }: { id: string; round: number }) {
  const t = useWords(customersWords);
  const asked = useAsk((signal) => shop.listIncidents({ customer: id, pageSize: ROWS }, { signal }), [id, round]);
  const [count, setCount] = useState(ROWS);
  const all = useAsk(
    async (signal) => (count > ROWS ? shop.listIncidents({ customer: id, pageSize: count }, { signal }) : undefined),
    [id, count, round],
  );
  const value = all.value ?? asked.value;
  return (
    <Card title={t.incidents}>
      <Failure error={asked.error ?? all.error} again={asked.again} />
      {!value && asked.loading && <Loading />}
      {value && value.incidents.length === 0 && <p class="muted">{t.noIncidents}</p>}
      {value && value.incidents.length > 0 && (
        <IncidentTable caption={t.incidents} incidents={value.incidents} states />
      )}
      {value?.nextPageToken && <More busy={all.loading} onMore={() => setCount(count + 100)} />}
    </Card>
  );
}

function Decisions({ id, round }: { id: string; round: number }) {
  const t = useWords(customersWords);
  const language = useLanguage();
  const who = useWho();
  const opensCounter = useOpens("counter");
  const opensReceipts = useOpens("receipts");
  const [count, setCount] = useState(ROWS);
  const asked = useAsk(
    (signal) => shop.listReceipts({ customer: id, pageSize: count, language }, { signal }),
    [id, count, language, round],
  );
  const columns: Column<ListedReceipt>[] = [
    {
      key: "answer",
      title: t.answer,
      lead: true,
      render: (row) => (
        <span class="lines">
          <span>
            <EffectMark effect={row.override?.effect || row.effect || Effect.UNSPECIFIED} />
          </span>
          {row.override && <span class="small muted">{t.decidedOtherwise}</span>}
        </span>
      ),
    },
    { key: "why", title: t.why, render: (row) => row.because },
    { key: "amount", title: t.amount, end: true, render: (row) => row.amount && <MoneyText money={row.amount} /> },
    {
      key: "when",
      title: t.when,
      render: (row) => {
        const age = <Age at={row.checkedAt} />;
        return (
          <span class="nowrap">{opensReceipts ? <a href={href("receipts", row.receipt)}>{age}</a> : age}</span>
        );
      },
    },
    { key: "by", title: t.by, render: (row) => <span class="nowrap">{who(row.checkedBy)}</span> },
  ];
  return (
    <Card
      title={t.decisions}
      actions={opensCounter && <a href={href("counter")}>{t.checkBuyer}</a>}
    >
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value && asked.value.receipts.length === 0 && <p class="muted">{t.noDecisions}</p>}
      {asked.value && asked.value.receipts.length > 0 && (
        <Table caption={t.decisions} columns={columns} rows={asked.value.receipts} rowKey={(row) => row.receipt} />
      )}
      {asked.value?.nextPageToken && <More busy={asked.loading} onMore={() => setCount(Math.min(1000, count + 100))} />}
    </Card>
  );
}
