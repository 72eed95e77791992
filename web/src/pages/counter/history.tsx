import { book, shop } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Order } from "../../gen/daftar/v1/book_pb";
import { counterWords } from "../../i18n/counter";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { href } from "../../router";
import { LinkButton } from "../../ui/button";
import { type Icon, IconCheck, IconClock, IconDecline, IconReview, IconWarning } from "../../ui/icons";
import { Card, Failure, Loading, Timeline } from "../../ui/layout";
import { MoneyText, type Tone } from "../../ui/marks";
import { useAsk } from "../../use_ask";
import { useOpens } from "../../use_opens";
import { useGroupName } from "../../use_group_name";

const SHOWN = 6;

const LOOKS: Record<string, { tone: Tone; icon: Icon }> = {
  open: { tone: "blue", icon: IconClock },
  overdue: { tone: "amber", icon: IconWarning },
  unpaid: { tone: "bad", icon: IconDecline },
  "given-up": { tone: "bad", icon: IconDecline },
  paid: { tone: "good", icon: IconCheck },
  late: { tone: "amber", icon: IconCheck },
  disputed: { tone: "violet", icon: IconReview },
  broken: { tone: "bad", icon: IconDecline },
};

// The customer's newest orders in the shop's own book.
export function History({ customer }: { customer: string }) {
  const groupName = useGroupName();
  const t = useWords(counterWords);
  const opens = useOpens("customers");
  const asked = useAsk(
    (signal) =>
      Promise.all([
        shop.getCustomer({ by: { case: "id", value: customer } }, { signal }),
        book.listOrders({ customer, pageSize: SHOWN }, { signal }),
      ]),
    [customer],
  );
  const [known, listed] = asked.value ?? [];
  return (
    <Card
      title={known?.customer?.name || t.historyTitle}
      actions={
        opens && (
          <LinkButton kind="quiet" href={href("customers", customer)}>
            {t.historyOpen}
          </LinkButton>
        )
      }
    >
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {known?.customer?.group && <p class="muted small">{t.group(groupName(known.customer.group))}</p>}
      {listed && listed.orders.length === 0 && <p class="muted">{t.historyNone}</p>}
      {listed && <Orders orders={listed.orders} />}
    </Card>
  );
}

function Orders({ orders }: { orders: Order[] }) {
  const t = useWords(counterWords);
  const names = useWords(nameWords);
  const format = useFormat();
  return (
    <Timeline
      items={orders.map((order) => {
        const look = LOOKS[order.state] ?? { tone: "plain" as Tone, icon: IconClock };
        return {
          key: order.id,
          tone: look.tone,
          icon: look.icon,
          title: (
            <span class="fact-head">
              <span>{names.orders[order.state] ?? order.state}</span>
              <MoneyText money={order.amount} />
            </span>
          ),
          when: [
            order.invoice,
            order.paid ? t.ordersPaid(format.day(order.paid)) : order.due && t.ordersDue(format.day(order.due)),
            order.daysLate > 0 ? t.daysLate(order.daysLate) : "",
          ]
            .filter(Boolean)
            .join(" · "),
        };
      })}
    />
  );
}
