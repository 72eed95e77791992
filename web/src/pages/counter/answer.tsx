import { useState } from "preact/hooks";
import { buyerAtHand, type Buyer } from "../../buyer";
import type { Order } from "../../gen/daftar/v1/book_pb";
import type { DecisionOverride } from "../../gen/daftar/v1/policy_pb";
import type { CheckResponse } from "../../gen/daftar/v1/shop_pb";
import { Effect, type Terms } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { Button, LinkButton } from "../../ui/button";
import { IconArrow, IconEdit, IconIncident, IconPlus } from "../../ui/icons";
import { Card, Note } from "../../ui/layout";
import { EffectMark } from "../../ui/marks";
import { useOpens } from "../../use_opens";
import { FactsOf } from "./facts";
import { History } from "./history";
import { OrderDialog } from "./order_dialog";
import { OverrideDialog } from "./override_dialog";
import { PartnersOf } from "./partners";

// What was answered, what to do next, and what it rests on.
export function Answer({
  answer,
  buyer,
  terms,
  onChanged,
}: {
  answer: CheckResponse;
  buyer: Buyer;
  terms: Terms;
  onChanged: () => void;
}) {
  const t = useWords(counterWords);
  const names = useWords(nameWords);
  const manager = useMay(MANAGERS);
  const files = useOpens("incidents");
  const [open, setOpen] = useState<"order" | "override">();
  const [override, setOverride] = useState<DecisionOverride>();
  const [order, setOrder] = useState<Order>();
  const opensCustomers = useOpens("customers");
  // Nobody may have been known before the order.
  const customer = order?.customer || answer.customer;
  const close = () => setOpen(undefined);
  return (
    <div class="answer">
      <Card>
        <EffectMark effect={override?.effect ?? answer.effect} large />
        {answer.test && <Note tone="amber">{t.testAnswer}</Note>}
        {override && (
          <Note tone="violet">
            {t.decidedHere}: {override.because}
          </Note>
        )}
        <p class="answer-because">{answer.because}</p>
        {answer.next.length > 0 && (
          <div class="stack stack-small">
            <h2>{t.nextTitle}</h2>
            <ul class="answer-next">
              {answer.next.map((step) => (
                <li key={step.step}>
                  <IconArrow size={18} />
                  <span>{step.sentence}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
        {answer.notes.map((note) => (
          <Note key={note} tone="amber">
            {note}
          </Note>
        ))}
        {answer.allowedBy && <Note tone="good">{t.allowed}</Note>}
        {answer.trial !== Effect.UNSPECIFIED && (
          <div class="row small">
            <span class="muted">{t.trial}</span>
            <EffectMark effect={answer.trial} />
          </div>
        )}
        {order && (
          <Note tone="good">
            {t.orderRecorded(order.invoice)}{" "}
            {opensCustomers && order.customer && <a href={href("customers", order.customer)}>{t.historyOpen}</a>}
          </Note>
        )}
        <div class="row">
          {!order && (
            <Button icon={IconPlus} onClick={() => setOpen("order")}>
              {t.recordOrder}
            </Button>
          )}
          {files && (
            <span onClick={() => buyerAtHand.set(buyer)}>
              <LinkButton icon={IconIncident} href={href("incidents", "new")}>
                {t.fileIncident}
              </LinkButton>
            </span>
          )}
          {manager && (
            <Button icon={IconEdit} onClick={() => setOpen("override")}>
              {t.override}
            </Button>
          )}
          <LinkButton kind="quiet" href={href("receipts", answer.receipt)}>
            {t.why}
          </LinkButton>
        </div>
      </Card>
      <div class="answer-parts">
        <FactsOf inputs={answer.inputs} partners={answer.partners} identifiers={buyer.identifiers} />
        <div class="stack">
          {customer && <History key={`${customer} ${order?.id}`} customer={customer} />}
          <PartnersOf partners={answer.partners} />
        </div>
      </div>
      {open === "order" && <OrderDialog buyer={buyer} terms={terms} onDone={setOrder} onClose={close} />}
      {open === "override" && (
        <OverrideDialog
          receipt={answer.receipt}
          effect={answer.effect}
          onClose={close}
          onDone={(made) => {
            setOverride(made);
            close();
            onChanged();
          }}
        />
      )}
      <span class="visually-hidden" role="status">
        {order ? t.orderRecorded(order.invoice) : override ? names.effects[override.effect] : ""}
      </span>
    </div>
  );
}
