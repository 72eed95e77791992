import { useState } from "preact/hooks";
import { book } from "../../api";
import type { Buyer } from "../../buyer";
import type { Order } from "../../gen/daftar/v1/book_pb";
import type { Amount } from "../../format/money";
import { useFormat } from "../../format/use_format";
import { Terms } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { Button } from "../../ui/button";
import { Dialog, DialogFoot } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { Failure } from "../../ui/layout";
import { MoneyField, parseTyped, type TypedMoney, useCurrencies, useMoneyFault } from "../../ui/money_field";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";

interface Input {
  name: string;
  invoice: string;
  due: string;
  amount: Amount;
  terms: Terms;
}

// The order that was taken on the check.
export function OrderDialog({
  buyer,
  terms: asked,
  onDone,
  onClose,
}: {
  buyer: Buyer;
  // Of the check; the order cannot have others then.
  terms: Terms;
  onDone: (order: Order) => void;
  onClose: () => void;
}) {
  const t = useWords(counterWords);
  const names = useWords(nameWords);
  const format = useFormat();
  const moneyFault = useMoneyFault();
  const currency = useCurrencies()[0] ?? "IDR";
  const [money, setMoney] = useState<TypedMoney>(
    buyer.amount
      ? { text: format.moneyAsTyped(buyer.amount), currency: buyer.amount.currency }
      : { text: "", currency },
  );
  const [moneyError, setMoneyError] = useState<string>();
  const [name, setName] = useState("");
  const [invoice, setInvoice] = useState("");
  const [due, setDue] = useState("");
  const [terms, setTerms] = useState(asked);
  const add = useWrite((requestId, input: Input) =>
    book.addOrder({ requestId, identifiers: buyer.identifiers, receipt: buyer.receipt, ...input }),
  );
  const submit = async (event: Event) => {
    event.preventDefault();
    const amount = parseTyped(money, format);
    if (!amount || "fault" in amount || amount.minor === 0n) {
      setMoneyError((amount && "fault" in amount && moneyFault(amount, money.currency)) || t.amountNeeded);
      return;
    }
    setMoneyError(undefined);
    const answer = await add.run({ name: name.trim(), invoice: invoice.trim(), due, amount, terms });
    if (!answer) return;
    if (answer.order) onDone(answer.order);
    if (answer.leftOut.length > 0) say(`${t.leftOut} ${answer.leftOut.join("; ")}`);
    onClose();
  };
  return (
    <Dialog title={t.orderTitle} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <p class="muted">{t.orderIntro}</p>
        <p>
          <strong class="breaks">{buyer.display}</strong>
        </p>
        <MoneyField label={t.amount} error={moneyError} value={money} onValue={setMoney} />
        {asked === Terms.UNSPECIFIED && (
          <SelectField
            label={t.terms}
            optional
            value={String(terms)}
            options={[Terms.UNSPECIFIED, Terms.COD, Terms.CREDIT, Terms.DEPOSIT, Terms.PREPAID].map((each) => ({
              value: String(each),
              label: names.terms[each],
            }))}
            onValue={(value) => setTerms(Number(value) as Terms)}
          />
        )}
        <TextField label={t.customerName} optional value={name} onValue={setName} autocomplete="off" />
        <TextField label={t.invoice} hint={t.invoiceHint} optional value={invoice} onValue={setInvoice} autocomplete="off" />
        <TextField label={t.due} hint={t.dueHint} optional type="date" value={due} onValue={setDue} />
        <Failure error={add.error} />
        <DialogFoot onCancel={onClose}>
          <Button kind="primary" type="submit" busy={add.busy}>
            {t.recordIt}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
