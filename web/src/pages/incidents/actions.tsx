// What can be done with an incident, by its state and by who looks.
import { useState } from "preact/hooks";
import { incident as service, shop } from "../../api";
import { isoDay } from "../../format/date";
import { useFormat } from "../../format/use_format";
import type { Incident } from "../../gen/daftar/v1/shop_pb";
import { filingWords } from "../../i18n/filing";
import { incidentsWords } from "../../i18n/incidents";
import { useLanguage } from "../../i18n/language";
import { useWords } from "../../i18n/words";
import { COUNTER, MANAGERS } from "../../roles";
import { useMay, useSession } from "../../session";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { RadioGroup, SelectField, TextField } from "../../ui/field";
import {
  type Icon,
  IconAccept,
  IconCheck,
  IconClock,
  IconEdit,
  IconInfo,
  IconLetter,
  IconMinus,
  IconShare,
  IconTrash,
  IconWarning,
} from "../../ui/icons";
import { Card, Failure, Loading, Note } from "../../ui/layout";
import { MoneyField, parseTyped, type TypedMoney, useCurrencies, useMoneyFault } from "../../ui/money_field";
import { say } from "../../ui/toast";
import { useAsk } from "../../use_ask";
import { useWrite } from "../../use_write";
import { DaysField } from "./days";
import { LetterDialog } from "./letter";
import { SharedFacts } from "./preview";
import { changedBy, isGone, isOpen, isOver, wasShared } from "./states";

export type Action =
  | "approve"
  | "publish"
  | "notice"
  | "remind"
  | "settle"
  | "dispute"
  | "resolve"
  | "correct"
  | "withdraw"
  | "mitigate"
  | "erase";

export interface Offer {
  action: Action;
  // What comes next for it.
  primary?: boolean;
  // Not by this person.
  blocked?: boolean;
}

// In the order in which they stand. `second`: a second person has to approve.
export function offersFor(
  incident: Incident,
  who: { counter: boolean; manager: boolean; user: string },
  second: boolean,
  local: boolean,
): Offer[] {
  const offers: Offer[] = [];
  const { state } = incident;
  const over = isOver(incident);
  const shares = !local && isOpen(incident);
  if (who.manager && shares && state === "ready") {
    offers.push(
      second
        ? { action: "approve", primary: true, blocked: changedBy(incident, who.user) }
        : { action: "publish", primary: true },
    );
  }
  if (who.counter && state === "held") offers.push({ action: "notice", primary: !incident.noticedAt });
  if (who.manager && state === "disputed") offers.push({ action: "resolve", primary: true });
  if (who.counter && shares) offers.push({ action: "remind" });
  // settled stays settled under a dispute that came after; the node refuses a second one.
  if (who.manager && !over && state !== "settled") offers.push({ action: "settle" });
  if (who.counter && !over && state !== "disputed") offers.push({ action: "dispute" });
  if (who.manager && !over && state !== "settled") offers.push({ action: "correct" });
  if (who.manager && !over && incident.mitigations.length < 3) offers.push({ action: "mitigate" });
  if (who.manager && !over) offers.push({ action: "withdraw" });
  if (who.manager && !isGone(incident)) offers.push({ action: "erase" });
  return offers;
}

const ICONS: Record<Action, Icon> = {
  approve: IconCheck,
  publish: IconShare,
  notice: IconLetter,
  remind: IconClock,
  settle: IconAccept,
  dispute: IconWarning,
  resolve: IconCheck,
  correct: IconEdit,
  withdraw: IconMinus,
  mitigate: IconInfo,
  erase: IconTrash,
};

export function Actions({
  incident,
  second,
  holds,
  local,
  onChange,
}: {
  incident: Incident;
  second: boolean;
  // The buyer has time to answer before partners are told.
  holds: boolean;
  local: boolean;
  // With the incident as it is now, where the node has said so.
  onChange: (next?: Incident) => void;
}) {
  const t = useWords(incidentsWords);
  const counter = useMay(COUNTER);
  const manager = useMay(MANAGERS);
  const user = useSession()?.user ?? "";
  const [open, setOpen] = useState<Action>();
  const offers = offersFor(incident, { counter, manager, user }, second, local);
  if (!counter) return null;
  const close = () => setOpen(undefined);
  const done = (sentence: string) => (next?: Incident) => {
    close();
    say(sentence);
    onChange(next);
  };
  const label = (action: Action) => (action === "notice" && incident.noticedAt ? t.noticeAgain : t[action]);
  const props = { incident, onClose: close };
  return (
    <Card title={t.actions}>
      {offers.some(({ blocked }) => blocked) && <Note tone="amber">{t.approveFiler}</Note>}
      {offers.length === 0 && <p class="muted">{t.nothingToDo}</p>}
      <div class="action-list">
        {offers
          .filter(({ blocked }) => !blocked)
          .map(({ action, primary }) => (
            <Button
              key={action}
              kind={primary ? "primary" : action === "erase" ? "danger" : "plain"}
              icon={ICONS[action]}
              onClick={() => setOpen(action)}
            >
              {label(action)}
            </Button>
          ))}
      </div>
      {!manager && !isOver(incident) && <p class="small muted">{t.forManagers}</p>}
      {(open === "approve" || open === "publish") && (
        <Begin {...props} approve={open === "approve"} holds={holds} onDone={done(open === "approve" ? t.approved : t.published)} />
      )}
      {open === "notice" && <LetterDialog {...props} onDone={() => onChange()} />}
      {open === "remind" && <Remind {...props} onDone={done(t.reminded)} />}
      {open === "settle" && <Settle {...props} onDone={done(t.settled)} />}
      {open === "dispute" && <Dispute {...props} onDone={done(t.disputed)} />}
      {open === "resolve" && <Resolve {...props} onDone={done(t.resolved)} />}
      {open === "correct" && <Correct {...props} onDone={done(t.corrected)} />}
      {open === "withdraw" && <Withdraw {...props} onDone={done(t.withdrawn)} />}
      {open === "mitigate" && <Mitigate {...props} onDone={done(t.mitigated)} />}
      {open === "erase" && <Erase {...props} onDone={done(t.erasedDone)} />}
    </Card>
  );
}

interface DialogProps {
  incident: Incident;
  onClose: () => void;
  onDone: (next?: Incident) => void;
}

// With what partners will be able to read: whoever begins it answers for that.
function Begin({ incident, approve, holds, onClose, onDone }: DialogProps & { approve: boolean; holds: boolean }) {
  const t = useWords(incidentsWords);
  const filing = useWords(filingWords);
  const language = useLanguage();
  const preview = useAsk(
    (signal) => shop.previewIncident({ id: incident.id, language }, { signal }),
    [incident.id, language],
  );
  const write = useWrite(async (requestId, input: { id: string }) =>
    approve ? service.approveIncident({ requestId, ...input }) : shop.publishIncident({ requestId, ...input }),
  );
  return (
    <Confirm
      title={approve ? t.approve : t.publish}
      action={approve ? t.approve : t.publish}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async () => {
        const answer = await write.run({ id: incident.id });
        if (answer) onDone(answer.incident);
      }}
    >
      <p>{!holds ? t.approveTextNow : approve ? t.approveText : t.publishText}</p>
      <Failure error={preview.error} again={preview.again} />
      {!preview.value && preview.loading && <Loading />}
      {preview.value && (
        <div class="stack stack-small">
          <h3>{filing.readable}</h3>
          <SharedFacts facts={preview.value.shared} />
        </div>
      )}
    </Confirm>
  );
}

function Remind({ incident, onClose, onDone }: DialogProps) {
  const t = useWords(incidentsWords);
  const today = isoDay(new Date());
  const [on, setOn] = useState(today);
  const write = useWrite((requestId, input: { id: string; on: string; because: string }) =>
    shop.remindIncident({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.remind}
      action={t.remind}
      because={{ label: t.remindHow, hint: t.remindHowHint, optional: true }}
      disabled={!on}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        const answer = await write.run({ id: incident.id, on, because });
        if (answer) onDone(answer.incident);
      }}
    >
      <p>{t.remindText}</p>
      <TextField label={t.remindDay} type="date" max={today} value={on} error={on ? undefined : t.dayWrong} onValue={setOn} />
    </Confirm>
  );
}

function Settle({ incident, onClose, onDone }: DialogProps) {
  const t = useWords(incidentsWords);
  const today = isoDay(new Date());
  const [settledOn, setSettledOn] = useState(today);
  const write = useWrite((requestId, input: { id: string; settledOn: string; because: string }) =>
    shop.settleIncident({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.settle}
      action={t.settle}
      because
      disabled={!settledOn}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        const answer = await write.run({ id: incident.id, settledOn, because });
        if (answer) onDone(answer.incident);
      }}
    >
      <p>{wasShared(incident) ? t.settleText : t.settleTextLocal}</p>
      <TextField
        label={t.settleDay}
        type="date"
        max={today}
        value={settledOn}
        error={settledOn ? undefined : t.dayWrong}
        onValue={setSettledOn}
      />
    </Confirm>
  );
}

function Dispute({ incident, onClose, onDone }: DialogProps) {
  const t = useWords(incidentsWords);
  const today = isoDay(new Date());
  const [by, setBy] = useState<"person" | "shop">("person");
  const [on, setOn] = useState(today);
  const write = useWrite((requestId, input: { id: string; by: string; on: string; because: string }) =>
    service.disputeIncident({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.dispute}
      action={t.dispute}
      because
      disabled={!on}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        const answer = await write.run({ id: incident.id, by, on, because });
        if (answer) onDone(answer.incident);
      }}
    >
      <p>{wasShared(incident) ? t.disputeText : t.disputeTextLocal}</p>
      <RadioGroup
        label={t.disputeWho}
        value={by}
        options={(["person", "shop"] as const).map((value) => ({ value, label: t.disputeBy[value] }))}
        onValue={setBy}
      />
      <TextField label={t.disputeDay} type="date" max={today} value={on} error={on ? undefined : t.dayWrong} onValue={setOn} />
    </Confirm>
  );
}

function Resolve({ incident, onClose, onDone }: DialogProps) {
  const t = useWords(incidentsWords);
  const [outcome, setOutcome] = useState<"upheld" | "withdrawn">();
  const write = useWrite((requestId, input: { id: string; outcome: string; because: string }) =>
    service.resolveIncident({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.resolve}
      action={t.resolve}
      because
      disabled={!outcome}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        if (!outcome) return;
        const answer = await write.run({ id: incident.id, outcome, because });
        if (answer) onDone(answer.incident);
      }}
    >
      <p>{t.resolveText}</p>
      <RadioGroup
        label={t.outcome}
        value={outcome}
        options={(["upheld", "withdrawn"] as const).map((value) => ({
          value,
          label: t.outcomes[value],
          hint: t.outcomeHints[value],
        }))}
        onValue={setOutcome}
      />
    </Confirm>
  );
}

interface Correction {
  id: string;
  because: string;
  amount?: { minor: bigint; currency: string };
  occurred: string;
  due: string;
  reminders: string[];
  toldOn: string;
}

// Sends only what was changed: the rest stays as it is.
function Correct({ incident, onClose, onDone }: DialogProps) {
  const t = useWords(incidentsWords);
  const format = useFormat();
  const currencies = useCurrencies();
  const fault = useMoneyFault();
  const today = isoDay(new Date());
  const [money, setMoney] = useState<TypedMoney>(() => ({
    text: incident.amount ? format.moneyAsTyped(incident.amount) : "",
    currency: incident.amount?.currency ?? currencies[0] ?? "IDR",
  }));
  const [occurred, setOccurred] = useState(incident.occurred);
  const [due, setDue] = useState(incident.due);
  const [toldOn, setToldOn] = useState(incident.toldOn);
  const [reminders, setReminders] = useState([...incident.reminders]);
  const write = useWrite((requestId, input: Correction) => service.correctIncident({ requestId, ...input }));
  const parsed = parseTyped(money, format);
  const amountFault = parsed && "fault" in parsed ? fault(parsed, money.currency) : undefined;
  const amount =
    parsed && "minor" in parsed && (parsed.minor !== incident.amount?.minor || parsed.currency !== incident.amount.currency)
      ? parsed
      : undefined;
  const changed = (now: string, before: string) => (now !== before ? now : "");
  const correction = {
    amount,
    occurred: changed(occurred, incident.occurred),
    due: changed(due, incident.due),
    toldOn: changed(toldOn, incident.toldOn),
    reminders: reminders.join() === incident.reminders.join() ? [] : reminders,
  };
  const nothing =
    !amount && !correction.occurred && !correction.due && !correction.toldOn && correction.reminders.length === 0;
  return (
    <Confirm
      title={t.correct}
      action={t.correct}
      because
      disabled={nothing || amountFault !== undefined}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        const answer = await write.run({ id: incident.id, because, ...correction });
        if (answer) onDone(answer.incident);
      }}
    >
      <p>{wasShared(incident) ? t.correctText : t.correctTextBefore}</p>
      <MoneyField label={t.amount} optional={!incident.amount} value={money} error={amountFault} onValue={setMoney} />
      <div class="columns">
        <TextField label={t.occurred} type="date" max={today} value={occurred} onValue={setOccurred} />
        <TextField label={t.due} type="date" optional value={due} onValue={setDue} />
      </div>
      {!wasShared(incident) && (
        <TextField label={t.toldOn} type="date" optional max={today} value={toldOn} onValue={setToldOn} />
      )}
      <DaysField label={t.correctReminders} days={reminders} onDays={setReminders} />
      {nothing && <p class="small muted">{t.nothingCorrected}</p>}
    </Confirm>
  );
}

type Ground = keyof (typeof incidentsWords)["en"]["grounds"];
const GROUNDS: readonly Ground[] = ["mistake", "paid", "dispute-upheld", "request", "other"];

function Withdraw({ incident, onClose, onDone }: DialogProps) {
  const t = useWords(incidentsWords);
  const [ground, setGround] = useState<Ground>("mistake");
  const write = useWrite((requestId, input: { id: string; ground: string; because: string }) =>
    shop.withdrawIncident({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.withdraw}
      action={t.withdraw}
      danger
      because
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        const answer = await write.run({ id: incident.id, ground, because });
        if (answer) onDone(answer.incident);
      }}
    >
      <p>{wasShared(incident) ? t.withdrawText : t.withdrawTextLocal}</p>
      <SelectField
        label={t.ground}
        value={ground}
        options={GROUNDS.map((value) => ({ value, label: t.grounds[value] }))}
        onValue={setGround}
      />
    </Confirm>
  );
}

function Mitigate({ incident, onClose, onDone }: DialogProps) {
  const t = useWords(incidentsWords);
  const options = Object.entries(t.mitigations).filter(([name]) => !incident.mitigations.includes(name));
  const [mitigation, setMitigation] = useState<string>();
  const write = useWrite((requestId, input: { id: string; mitigation: string; because: string }) =>
    shop.mitigateIncident({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.mitigate}
      action={t.mitigate}
      because
      disabled={!mitigation}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        if (!mitigation) return;
        const answer = await write.run({ id: incident.id, mitigation, because });
        if (answer) onDone(answer.incident);
      }}
    >
      <p>{t.mitigateText}</p>
      <RadioGroup
        label={t.mitigateWhat}
        value={mitigation}
        options={options.map(([value, label]) => ({ value, label }))}
        onValue={setMitigation}
      />
    </Confirm>
  );
}

function Erase({ incident, onClose, onDone }: DialogProps) {
  const t = useWords(incidentsWords);
  const [ground, setGround] = useState<"request" | "mistake">("request");
  const write = useWrite((requestId, input: { id: string; ground: string; because: string }) =>
    service.eraseIncident({ requestId, ...input }),
  );
  return (
    <Confirm
      title={t.erase}
      action={t.erase}
      danger
      because
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        const answer = await write.run({ id: incident.id, ground, because });
        if (answer) onDone(answer.incident);
      }}
    >
      <Note tone="bad">{t.eraseText}</Note>
      <RadioGroup
        label={t.ground}
        value={ground}
        options={(["request", "mistake"] as const).map((value) => ({ value, label: t.grounds[value] }))}
        onValue={setGround}
      />
    </Confirm>
  );
}
