import { useEffect, useState } from "preact/hooks";
import { book } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Customer, OrderSummary } from "../../gen/daftar/v1/shop_pb";
import { customersWords } from "../../i18n/customers";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { go, href } from "../../router";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { SelectField } from "../../ui/field";
import { IconAccept, IconClock, IconCustomers, IconWarning } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading, Page, PageHeader } from "../../ui/layout";
import { Age, Badge, MoneyText } from "../../ui/marks";
import { type Column, More, Table } from "../../ui/table";
import { ShareCode } from "../../ui/share_code";
import { useAsk } from "../../use_ask";
import { FindCustomer, type Found } from "./find";
import { keepTyped } from "./typed";
import { useGroupName } from "../../use_group_name";

const PAGE_SIZE = 50;
// What ListCustomers calls those to whom no group applies.
const NO_GROUP = "none";
const IMPORTS = "daftar ledger import FILE --map MAPPING\ndaftar customer import FILE --map MAPPING";

let lastGroup = "";

export function CustomerList() {
  const t = useWords(customersWords);
  const mayList = useMay(MANAGERS);
  const [found, setFound] = useState<Found>();
  const onFound = (next: Found) => {
    const only = next.customers[0];
    if (next.identifier && only) {
      keepTyped(only.id, next.identifier);
      go("customers", only.id);
    } else {
      setFound(next);
    }
  };
  return (
    <Page>
      <PageHeader title={t.title} intro={mayList ? t.intro : t.introStaff} />
      <Card>
        <FindCustomer onFound={onFound} onClear={() => setFound(undefined)} />
      </Card>
      {!mayList && (
        <EmptyState icon={IconCustomers} title={t.staffEmptyTitle}>
          {t.staffEmpty}
        </EmptyState>
      )}
      {mayList && <Rows key={found?.name ?? ""} name={found?.name ?? ""} onAll={() => setFound(undefined)} />}
    </Page>
  );
}

// All customers, or those whose name has `name` in it.
function Rows({ name, onAll }: { name: string; onAll: () => void }) {
  const groupName = useGroupName();
  const t = useWords(customersWords);
  const [group, setGroup] = useState(name ? "" : lastGroup);
  const groups = useAsk((signal) => book.listGroups({}, { signal }), []);
  const asked = useAsk((signal) => book.listCustomers({ group, name, pageSize: PAGE_SIZE }, { signal }), [group, name]);
  const [more, setMore] = useState<{ rows: Customer[]; token: string }>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => setMore(undefined), [asked.value]);
  const rows = [...(asked.value?.customers ?? []), ...(more?.rows ?? [])];
  const token = more ? more.token : (asked.value?.nextPageToken ?? "");
  const loadMore = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const next = await book.listCustomers({ group, name, pageSize: PAGE_SIZE, pageToken: token });
      setMore({ rows: [...(more?.rows ?? []), ...next.customers], token: next.nextPageToken });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const known = groups.value?.groups ?? [];
  return (
    <div class="stack">
      <div class="row row-between">
        <div class="group-filter">
          {known.length > 0 && (
            <SelectField
              label={t.group}
              value={group}
              options={[
                { value: "", label: t.anyGroup },
                ...known.map((each) => ({ value: each.name, label: groupName(each.name) })),
                { value: NO_GROUP, label: t.noGroup },
              ]}
              onValue={(next) => {
                if (!name) lastGroup = next;
                setGroup(next);
              }}
            />
          )}
        </div>
        {name && <Button onClick={onAll}>{t.all}</Button>}
      </div>
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value && rows.length === 0 && (
        <Card>
          <EmptyState icon={IconCustomers} title={group || name ? t.notFoundName : t.none}>
            {group || name ? undefined : t.noneHint}
          </EmptyState>
          {!group && !name && (
            <div class="stack stack-small">
              <p class="muted">{t.importHint}</p>
              <ShareCode code={IMPORTS} />
            </div>
          )}
        </Card>
      )}
      {rows.length > 0 && (
        <Card>
          <CustomerTable rows={rows} />
          <Failure error={error} />
          {token && <More busy={busy} onMore={loadMore} />}
        </Card>
      )}
    </div>
  );
}

function CustomerTable({ rows }: { rows: readonly Customer[] }) {
  const groupName = useGroupName();
  const t = useWords(customersWords);
  const columns: Column<Customer>[] = [
    {
      key: "name",
      title: t.name,
      lead: true,
      render: (row) => (
        <a class="row-link" href={href("customers", row.id)}>
          {row.name || t.noName}
        </a>
      ),
    },
    { key: "known", title: t.knownBy, render: (row) => <Known identifiers={row.identifiers} /> },
    { key: "group", title: t.group, render: (row) => row.group && <Badge>{groupName(row.group)}</Badge> },
    { key: "orders", title: t.orders, render: (row) => hasRecord(row.orders) && <Record orders={row.orders} /> },
    { key: "owes", title: t.owes, end: true, render: (row) => row.orders?.openAmounts.length ? <Owed orders={row.orders} /> : undefined },
    { key: "since", title: t.since, render: (row) => <Age at={row.addedAt} /> },
  ];
  return <Table caption={t.title} columns={columns} rows={rows} rowKey={(row) => row.id} />;
}

// Each on a line of its own, so that none is broken.
function Known({ identifiers }: { identifiers: readonly string[] }) {
  return (
    <span class="lines">
      {identifiers.map((identifier) => (
        <span key={identifier}>{identifier}</span>
      ))}
    </span>
  );
}

export function Owed({ orders }: { orders: OrderSummary | undefined }) {
  const amounts = orders?.openAmounts ?? [];
  if (amounts.length === 0) return null;
  return (
    <span class="lines">
      {amounts.map((amount) => (
        <MoneyText key={amount.currency} money={amount} />
      ))}
    </span>
  );
}

const hasRecord = (orders: OrderSummary | undefined) =>
  orders && orders.paidOnTime + orders.late + orders.overdue > 0n ? orders : undefined;

// How somebody paid so far, in three numbers.
function Record({ orders }: { orders: OrderSummary | undefined }) {
  const t = useWords(customersWords);
  const format = useFormat();
  if (!orders) return null;
  const parts = [
    { key: "onTime", icon: IconAccept, tone: "good" as const, name: t.kinds.onTime, count: orders.paidOnTime },
    { key: "late", icon: IconClock, tone: "amber" as const, name: t.kinds.late, count: orders.late },
    { key: "unpaid", icon: IconWarning, tone: "bad" as const, name: t.kinds.unpaid, count: orders.overdue },
  ].filter(({ count }) => count > 0n);
  if (parts.length === 0) return null;
  return (
    <span class="record-marks">
      {parts.map(({ key, icon, tone, name, count }) => (
        <span key={key} title={name}>
          <Badge tone={tone} icon={icon}>
            {format.number(count)}
            <span class="visually-hidden"> {name}</span>
          </Badge>
        </span>
      ))}
    </span>
  );
}
