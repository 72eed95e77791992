// What is changed about a customer.
import { useState } from "preact/hooks";
import { book, shop } from "../../api";
import { useFormat } from "../../format/use_format";
import type { EraseCustomerResponse } from "../../gen/daftar/v1/book_pb";
import type { Customer } from "../../gen/daftar/v1/shop_pb";
import type { Identifier } from "../../gen/daftar/v1/types_pb";
import { customersWords } from "../../i18n/customers";
import { useWords } from "../../i18n/words";
import { go } from "../../router";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { Dialog } from "../../ui/dialog";
import { CheckField, RadioGroup } from "../../ui/field";
import { IdentifierField, type TypedIdentifier } from "../../ui/identifier_field";
import { Facts, Failure, Loading, Note } from "../../ui/layout";
import { Age } from "../../ui/marks";
import { say } from "../../ui/toast";
import { useAsk } from "../../use_ask";
import { useWrite } from "../../use_write";
import { FindCustomer } from "./find";
import { forgetTyped, typedOf } from "./typed";
import { useGroupName } from "../../use_group_name";

export interface CustomerDialogProps {
  customer: Customer;
  onClose: () => void;
  onDone: () => void;
}

export function ChangeGroups({ customer, onClose, onDone }: CustomerDialogProps) {
  const groupName = useGroupName();
  const t = useWords(customersWords);
  const asked = useAsk((signal) => book.listGroups({}, { signal }), []);
  const [chosen, setChosen] = useState([...customer.groups]);
  const write = useWrite((requestId, input: { id: string; add: string[]; remove: string[]; because: string }) =>
    book.setCustomerGroups({ requestId, ...input }),
  );
  const add = chosen.filter((name) => !customer.groups.includes(name));
  const remove = customer.groups.filter((name) => !chosen.includes(name));
  const names = [...new Set([...(asked.value?.groups.map(({ name }) => name) ?? []), ...customer.groups])];
  return (
    <Confirm
      title={t.changeGroups}
      action={t.changeGroups}
      because
      disabled={add.length + remove.length === 0}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        if (!(await write.run({ id: customer.id, add, remove, because }))) return;
        say(t.groupsChanged);
        onDone();
      }}
    >
      <p>{t.changeGroupsText}</p>
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value && names.length === 0 && <p class="muted">{t.noGroups}</p>}
      <fieldset class="choices">
        <legend>{t.groups}</legend>
        {names.map((name) => (
          <CheckField
            key={name}
            label={groupName(name)}
            checked={chosen.includes(name)}
            onValue={(checked) => setChosen(checked ? [...chosen, name] : chosen.filter((each) => each !== name))}
          />
        ))}
      </fieldset>
    </Confirm>
  );
}

// What the customer is known by, typed again: the book shows it only masked.
function useTyped(customer: Customer) {
  const [typed, setTyped] = useState<TypedIdentifier>(() => typedOf(customer.id));
  return { typed, setTyped };
}

export function Trust({ customer, onClose, onDone }: CustomerDialogProps) {
  const t = useWords(customersWords);
  const { typed, setTyped } = useTyped(customer);
  const write = useWrite((requestId, input: { identifiers: Identifier[]; because: string }) =>
    book.addAllowed({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.trust}
      action={t.trusting}
      because
      disabled={!typed.identifier}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        if (!typed.identifier || !(await write.run({ identifiers: [typed.identifier], because }))) return;
        say(t.nowTrusted);
        onDone();
      }}
    >
      <p>{t.trustText}</p>
      <IdentifierField label={t.identifierLabel} value={typed} onValue={setTyped} />
    </Confirm>
  );
}

export function Untrust({ customer, onClose, onDone }: CustomerDialogProps) {
  const t = useWords(customersWords);
  const write = useWrite((requestId, input: { id: string; because: string }) =>
    book.removeAllowed({ requestId, by: { case: "id", value: input.id }, because: input.because }),
  );
  return (
    <Confirm
      title={t.untrust}
      action={t.untrust}
      because
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        if (!(await write.run({ id: customer.allowedBy, because }))) return;
        say(t.notTrusted);
        onDone();
      }}
    >
      <p>{t.untrustText}</p>
    </Confirm>
  );
}

export function AddIdentifier({ customer, onClose, onDone }: CustomerDialogProps) {
  const t = useWords(customersWords);
  const [typed, setTyped] = useState<TypedIdentifier>({ text: "" });
  const write = useWrite((requestId, input: { to: string; identifiers: Identifier[] }) =>
    shop.addCustomer({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.addIdentifier}
      action={t.add}
      disabled={!typed.identifier}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async () => {
        if (!typed.identifier || !(await write.run({ to: customer.id, identifiers: [typed.identifier] }))) return;
        say(t.identifierAdded);
        onDone();
      }}
    >
      <p>{t.addIdentifierText}</p>
      <IdentifierField label={t.identifierLabel} value={typed} onValue={setTyped} />
    </Confirm>
  );
}

// All of them: those that have ended, are open or are in question.
function ordersOf({ orders }: Customer): bigint {
  return orders ? orders.settled + orders.open + orders.disputed + orders.broken : 0n;
}

// A customer in short, to be told from another.
function Short({ customer }: { customer: Customer }) {
  const t = useWords(customersWords);
  const format = useFormat();
  return (
    <div class="short">
      <strong>{customer.name || t.noName}</strong>
      <div>{customer.identifiers.join(", ")}</div>
      <div class="small muted">
        {t.orders}: {format.number(ordersOf(customer))} · <Age at={customer.addedAt} />
      </div>
    </div>
  );
}

export function Merge({ customer, onClose, onDone }: CustomerDialogProps) {
  const t = useWords(customersWords);
  const [found, setFound] = useState<Customer[]>([]);
  const [other, setOther] = useState<Customer>();
  const write = useWrite((requestId, input: { into: string; from: string; because: string }) =>
    book.mergeCustomers({ requestId, ...input }),
  );
  if (!other) {
    const others = found.filter(({ id }) => id !== customer.id && !customer.merged.includes(id));
    return (
      <Dialog title={t.merge} onClose={onClose}>
        <p>{t.mergeText}</p>
        <FindCustomer
          label={t.mergeFind}
          onFound={({ customers }) => {
            const only = customers.length === 1 ? customers[0] : undefined;
            setFound(customers);
            if (only && only.id !== customer.id) setOther(only);
          }}
        />
        {found.length > 0 && others.length === 0 && <Note tone="amber">{t.mergeSame}</Note>}
        {others.length > 0 && (
          <RadioGroup
            label={t.mergeOther}
            value={undefined}
            options={others.map(({ id, name, identifiers }) => ({
              value: id,
              label: name || t.noName,
              hint: identifiers.join(", "),
            }))}
            onValue={(id) => setOther(others.find((each) => each.id === id))}
          />
        )}
      </Dialog>
    );
  }
  return (
    <Confirm
      title={t.merge}
      action={t.mergeGo}
      because
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (why) => {
        if (!(await write.run({ into: customer.id, from: other.id, because: why }))) return;
        say(t.merged);
        onDone();
      }}
    >
      <p>{t.mergeText}</p>
      <Facts
        facts={[
          { name: t.mergeKeeps, value: <Short customer={customer} /> },
          { name: t.mergeGoes, value: <Short customer={other} /> },
        ]}
      />
      <div>
        <Button kind="quiet" onClick={() => setOther(undefined)}>
          {t.mergeFind}
        </Button>
      </div>
    </Confirm>
  );
}

export function Unmerge({ id, name, onClose, onDone }: CustomerDialogProps & { id: string; name: string }) {
  const t = useWords(customersWords);
  const write = useWrite((requestId, input: { id: string; because: string }) =>
    book.unmergeCustomer({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.unmergeOf(name)}
      action={t.unmerge}
      because
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        if (!(await write.run({ id, because }))) return;
        say(t.unmerged);
        onDone();
      }}
    >
      <p>{t.unmergeText}</p>
    </Confirm>
  );
}

// Nobody is told that a person is gone of whom something stays.
const erasedTitle = (done: EraseCustomerResponse, t: typeof customersWords.en) =>
  done.ordersKept + done.identifiersKept > 0 || done.keptBecause.length > 0 ? t.erasedPartly : t.erasedTitle;

export function Erase({ customer, onClose }: CustomerDialogProps) {
  const t = useWords(customersWords);
  const format = useFormat();
  const [done, setDone] = useState<EraseCustomerResponse>();
  const write = useWrite((requestId, input: { id: string; because: string }) =>
    book.eraseCustomer({ requestId, ...input }),
  );
  if (done) {
    const leave = () => go("customers");
    return (
      <Dialog title={erasedTitle(done, t)} onClose={leave}>
        <Facts
          facts={[
            { name: t.erasedOrders, value: format.number(done.ordersErased) },
            { name: t.keptOrders, value: format.number(done.ordersKept) },
            { name: t.erasedIdentifiers, value: format.number(done.identifiersErased) },
            { name: t.keptIdentifiers, value: format.number(done.identifiersKept) },
            { name: t.erasedIncidents, value: format.number(done.incidentsErased) },
          ]}
        />
        <h3>{t.keptBecause}</h3>
        {done.keptBecause.length === 0 ? (
          <p>{t.keptNothing}</p>
        ) : (
          <ul class="kept">
            {done.keptBecause.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
        <div class="row row-end">
          <Button kind="primary" onClick={leave}>
            {t.toList}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Confirm
      title={t.erase}
      action={t.eraseGo}
      danger
      because
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (why) => {
        const answer = await write.run({ id: customer.id, because: why });
        if (!answer) return;
        forgetTyped();
        say(erasedTitle(answer, t));
        setDone(answer);
      }}
    >
      <Note tone="bad">{t.eraseText}</Note>
      <p>{t.eraseLater}</p>
    </Confirm>
  );
}
