// A customer's orders, and what became of each.
import { useState } from "preact/hooks";
import { book } from "../../api";
import { isoDay } from "../../format/date";
import { useFormat } from "../../format/use_format";
import type { Order } from "../../gen/daftar/v1/book_pb";
import { customersWords } from "../../i18n/customers";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { go, href } from "../../router";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { RadioGroup, TextField } from "../../ui/field";
import { type Icon, IconAccept, IconClock, IconEdit, IconIncident, IconInfo, IconWarning } from "../../ui/icons";
import { Card } from "../../ui/layout";
import { Badge, Day, MoneyText, type Tone } from "../../ui/marks";
import { type Column, More, Table } from "../../ui/table";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";
import { startFrom } from "../incidents/start";

const SHOWN_FIRST = 8;

const LOOKS: Record<string, { tone: Tone; icon: Icon }> = {
  open: { tone: "blue", icon: IconClock },
  overdue: { tone: "bad", icon: IconWarning },
  unpaid: { tone: "bad", icon: IconWarning },
  "given-up": { tone: "bad", icon: IconWarning },
  paid: { tone: "good", icon: IconAccept },
  late: { tone: "amber", icon: IconClock },
  disputed: { tone: "violet", icon: IconInfo },
  broken: { tone: "bad", icon: IconWarning },
};

// Of these an incident can be filed.
const BAD = ["overdue", "unpaid", "given-up", "late", "broken"];

export function Orders({
  orders,
  more,
  busy,
  onMore,
  onChange,
}: {
  orders: readonly Order[];
  more: boolean;
  busy: boolean;
  onMore: () => void;
  onChange: () => void;
}) {
  const t = useWords(customersWords);
  const names = useWords(nameWords);
  const format = useFormat();
  const [all, setAll] = useState(false);
  const [changing, setChanging] = useState<Order>();
  const rows = all ? orders : orders.slice(0, SHOWN_FIRST);
  const columns: Column<Order>[] = [
    { key: "invoice", title: t.invoice, lead: true, render: (row) => <strong class="breaks">{row.invoice}</strong> },
    { key: "amount", title: t.amount, end: true, render: (row) => <MoneyText money={row.amount} /> },
    { key: "due", title: t.due, render: (row) => <Day on={row.due} /> },
    {
      key: "state",
      title: t.state,
      render: (row) => (
        <span class="lines">
          <span>
            <Badge tone={LOOKS[row.state]?.tone} icon={LOOKS[row.state]?.icon}>
              {names.orders[row.state] ?? row.state}
            </Badge>
          </span>
          {row.daysLate > 0 && <span class="small">{t.daysLate(format.number(row.daysLate))}</span>}
          {row.incident && (
            <a class="small" href={href("incidents", row.incident)}>
              {t.incidentOf}: {names.incidents[row.incidentState] ?? row.incidentState}
            </a>
          )}
        </span>
      ),
    },
    { key: "paid", title: t.paid, render: (row) => row.paid && <Day on={row.paid} /> },
    {
      key: "actions",
      title: t.actions,
      end: true,
      render: (row) => (
        <span class="row row-end order-actions">
          <Button kind="quiet" icon={IconEdit} label={t.outcomeOf(row.invoice)} onClick={() => setChanging(row)} />
          {BAD.includes(row.state) && !row.incident && (
            <Button
              kind="quiet"
              icon={IconIncident}
              label={t.fileFromOf(row.invoice)}
              onClick={() => {
                startFrom(row.id);
                go("incidents", "new");
              }}
            />
          )}
        </span>
      ),
    },
  ];
  if (orders.length === 0) return null;
  return (
    <Card title={t.ordersTitle}>
      <Table caption={t.ordersTitle} columns={columns} rows={rows} rowKey={(row) => row.id} />
      {!all && orders.length > SHOWN_FIRST ? (
        <More busy={false} onMore={() => setAll(true)} />
      ) : (
        more && <More busy={busy} onMore={onMore} />
      )}
      {changing && (
        <Outcome
          order={changing}
          onClose={() => setChanging(undefined)}
          onDone={() => {
            setChanging(undefined);
            say(t.outcomeSaved);
            onChange();
          }}
        />
      )}
    </Card>
  );
}

type OutcomeName = "paid" | "late" | "unpaid" | "open";

function Outcome({ order, onClose, onDone }: { order: Order; onClose: () => void; onDone: () => void }) {
  const t = useWords(customersWords);
  const today = isoDay(new Date());
  const pastDue = order.due !== "" && order.due < today;
  const isOpen = ["open", "overdue", "unpaid"].includes(order.state);
  const [outcome, setOutcome] = useState<OutcomeName>(isOpen ? (pastDue ? "late" : "paid") : "open");
  const [on, setOn] = useState(today);
  const write = useWrite((requestId, input: { order: string; outcome: OutcomeName; on: string; because: string }) =>
    book.setOrderOutcome({
      requestId,
      by: { case: "order", value: input.order },
      outcome: input.outcome,
      on: input.on,
      because: input.because,
    }),
  );
  return (
    <Confirm
      title={t.outcomeOf(order.invoice)}
      action={t.outcomeSave}
      because={{ label: t.outcomeWhy, optional: true }}
      disabled={!on}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        if (await write.run({ order: order.id, outcome, on, because })) onDone();
      }}
    >
      <RadioGroup
        label={t.outcome}
        value={outcome}
        options={(["paid", "late", "unpaid", "open"] as const).map((value) => ({ value, label: t.outcomes[value] }))}
        onValue={setOutcome}
      />
      <TextField label={t.outcomeDay} type="date" max={today} value={on} onValue={setOn} />
    </Confirm>
  );
}
