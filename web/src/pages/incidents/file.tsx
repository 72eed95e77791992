// Filing an incident: from an invoice of the book, or by hand.
import { useEffect, useRef, useState } from "preact/hooks";
import { book, shop } from "../../api";
import { isoDay } from "../../format/date";
import { useFormat } from "../../format/use_format";
import type { Incident, Reason } from "../../gen/daftar/v1/shop_pb";
import { filingWords } from "../../i18n/filing";
import { incidentsWords } from "../../i18n/incidents";
import { proofWords } from "../../i18n/proof";
import { useWords } from "../../i18n/words";
import { goInstead, href } from "../../router";
import { Button } from "../../ui/button";
import { CheckField, Field, RadioGroup, TextArea, TextField } from "../../ui/field";
import { Fold } from "../../ui/fold";
import { IdentifierField, type TypedIdentifier } from "../../ui/identifier_field";
import { IconIncident, IconPlus, IconTrash } from "../../ui/icons";
import { Card, Failure, Note, Page, PageHeader } from "../../ui/layout";
import { MoneyField, parseTyped, type TypedMoney, useCurrencies, useMoneyFault } from "../../ui/money_field";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";
import { ChooseOrder, type Chosen, ChosenOrder } from "./choose_order";
import { DaysField } from "./days";
import { FilePicker, type PickedFile, useUploads } from "./files";
import { type NewIncident, Preview } from "./preview";
import { isAboutTelling } from "../../missing";
import { useReasons } from "./reasons";
import { takeStart } from "./start";

const MAX_IDENTIFIERS = 4;
// About money that came late: their day is the day after the invoice was due.
const LATE_MONEY = ["deposit-unsettled", "invoice-overdue", "invoice-unpaid-reminded"];

export function FileIncident() {
  const t = useWords(filingWords);
  const words = useWords(incidentsWords);
  const format = useFormat();
  const currencies = useCurrencies();
  const fault = useMoneyFault();
  const reasons = useReasons();
  const [way, setWay] = useState<"invoice" | "hand">("invoice");
  const [chosen, setChosen] = useState<Chosen>();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState<TypedIdentifier[]>([{ text: "" }]);
  const [money, setMoney] = useState<TypedMoney>({ text: "", currency: currencies[0] ?? "IDR" });
  const [occurred, setOccurred] = useState("");
  const [due, setDue] = useState("");
  const [reminders, setReminders] = useState<string[]>([]);
  const [toldOn, setToldOn] = useState("");
  const [note, setNote] = useState("");
  const [mitigations, setMitigations] = useState<string[]>([]);
  const [files, setFiles] = useState<PickedFile[]>([]);
  const [tried, setTried] = useState(false);
  const [filed, setFiled] = useState<Incident>();
  // The charter asks for it, as the preview says once enough is known.
  const [asksTold, setAsksTold] = useState(false);
  const [startError, setStartError] = useState<unknown>();
  const uploads = useUploads(files, setFiles);
  const form = useRef<HTMLFormElement>(null);
  const save = useWrite((requestId, input: NewIncident) => shop.addIncident({ requestId, ...input }));
  const today = isoDay(new Date());

  const choose = (next: Chosen) => {
    setChosen(next);
    if (next.reason) setReason(next.reason);
  };
  useEffect(() => {
    if (chosen) form.current?.querySelector<HTMLElement>("select")?.focus();
  }, [chosen]);
  useEffect(() => {
    const order = takeStart();
    if (!order) return;
    book.getOrder({ by: { case: "order", value: order } }).then(
      (answer) => answer.order && choose({ order: answer.order, reason: "" }),
      setStartError,
    );
  }, []);

  const chosenReason = reasons.find(reason);
  const byHand = way === "hand";
  const amount = parseTyped(money, format);
  const amountFault = amount && "fault" in amount ? fault(amount, money.currency) : undefined;
  const asksDay = byHand || (reason !== "" && !LATE_MONEY.includes(reason));
  const filledIn = typed.filter((each) => each.text.trim());
  const identifiers = filledIn.flatMap((each) => (each.identifier ? [each.identifier] : []));
  const unclear = identifiers.length < filledIn.length;
  const ready =
    reason !== "" &&
    !amountFault &&
    (byHand ? identifiers.length > 0 && !unclear && occurred !== "" : chosen !== undefined);
  const input: NewIncident | undefined = ready
    ? {
        reason,
        ...(byHand
          ? { identifiers, amount: amount && "minor" in amount ? amount : undefined, due }
          : { order: chosen?.order.id }),
        occurred: asksDay ? occurred : "",
        reminders,
        note: note.trim(),
        mitigations,
        toldOn,
      }
    : undefined;
  const shares = chosenReason !== undefined && chosenReason.shareable && chosenReason.sharedHere;
  const needsAmount = shares && (chosenReason.needsAmount || chosenReason.leastAmounts.length > 0);
  const missingDay = byHand && !occurred;

  const sendFiles = async (incident: Incident) => {
    const all = await uploads.send(incident.id);
    if (all) goInstead("incidents", incident.id);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (!input || missingDay) {
      // The first that is wrong, once the page says so.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    const answer = await save.run(input);
    if (!answer?.incident) return;
    say(t.done);
    setFiled(answer.incident);
    await sendFiles(answer.incident);
  };

  if (filed) {
    return (
      <Page>
        <PageHeader title={t.title} back={{ href: href("incidents"), label: words.back }} />
        <Card title={t.files}>
          {!uploads.busy && <Note tone="amber">{t.filesFailed}</Note>}
          <FilePicker files={files} onFiles={setFiles} already={0} />
          <div class="row">
            <Button kind="primary" busy={uploads.busy} onClick={() => void sendFiles(filed)}>
              {t.tryFiles}
            </Button>
            <Button disabled={uploads.busy} onClick={() => goInstead("incidents", filed.id)}>
              {t.goOn}
            </Button>
          </div>
        </Card>
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader title={t.title} intro={t.intro} back={{ href: href("incidents"), label: words.back }} />
      <div class="ways">
        <RadioGroup
          label={t.from}
          value={way}
          options={[
            { value: "invoice", label: t.fromInvoice },
            { value: "hand", label: t.byHand },
          ]}
          onValue={setWay}
        />
      </div>
      <Failure error={startError} />
      {!byHand && !chosen && <ChooseOrder onChoose={choose} />}
      {!byHand && chosen && <ChosenOrder order={chosen.order} onAnother={() => setChosen(undefined)} />}
      {(byHand || chosen) && (
        <div class="filing">
          <form class="card" ref={form} noValidate onSubmit={(event) => void submit(event)}>
            <Failure error={reasons.error} again={reasons.again} />
            <ReasonField
              reasons={reasons.reasons}
              title={reasons.title}
              value={reason}
              error={tried && !reason ? t.reasonMissing : undefined}
              onValue={setReason}
            />
            <Needs reason={chosenReason} secondPerson={reasons.secondPerson} told={asksTold || toldOn !== ""} />
            {byHand && (
              <fieldset class="stack">
                <legend class="field-label">{t.who}</legend>
                {typed.map((each, at) => (
                  <div class="identifier-row" key={at}>
                    <IdentifierField
                      label={t.identifier}
                      hint={at === 0 ? t.identifierHint : undefined}
                      optional={at > 0}
                      error={
                        tried && at === 0 && filledIn.length === 0
                          ? t.identifierMissing
                          : tried && each.text.trim() && !each.identifier
                            ? t.identifierUnclear
                            : undefined
                      }
                      value={each}
                      onValue={(next) => setTyped((before) => before.map((old, index) => (index === at ? next : old)))}
                    />
                    {at > 0 && (
                      <Button
                        kind="quiet"
                        icon={IconTrash}
                        label={t.removeIdentifier}
                        onClick={() => setTyped((before) => before.filter((_, index) => index !== at))}
                      />
                    )}
                  </div>
                ))}
                {typed.length < MAX_IDENTIFIERS && filledIn.length === typed.length && (
                  <div>
                    <Button kind="quiet" icon={IconPlus} onClick={() => setTyped((before) => [...before, { text: "" }])}>
                      {t.another1}
                    </Button>
                  </div>
                )}
              </fieldset>
            )}
            {byHand && <MoneyField label={t.amount} optional={!needsAmount} value={money} error={amountFault} onValue={setMoney} />}
            {asksDay && (
              <div class="columns">
                <TextField
                  label={t.occurred}
                  hint={byHand ? t.occurredHint : undefined}
                  optional={!byHand}
                  type="date"
                  max={today}
                  value={occurred}
                  error={tried && missingDay ? t.occurredMissing : undefined}
                  onValue={setOccurred}
                />
                {byHand && <TextField label={t.dueOn} optional type="date" value={due} onValue={setDue} />}
              </div>
            )}
            <DaysField label={t.reminders} hint={t.remindersHint} days={reminders} onDays={setReminders} />
            <div class="told">
              <TextField
                label={t.toldOn}
                hint={t.toldHint}
                optional={!(shares && (asksTold || toldOn !== ""))}
                type="date"
                max={today}
                value={toldOn}
                onValue={setToldOn}
              />
            </div>
            <div class="stack stack-small">
              <h2>{t.files}</h2>
              <FilePicker files={files} onFiles={setFiles} already={0} />
            </div>
            <Fold title={t.more}>
              <div class="stack">
                <TextArea label={t.note} hint={t.noteHint} optional rows={2} value={note} onValue={setNote} />
                <fieldset class="choices">
                  <legend>{t.forBuyer}</legend>
                  {Object.entries(words.mitigations).map(([name, label]) => (
                    <CheckField
                      key={name}
                      label={label}
                      checked={mitigations.includes(name)}
                      onValue={(checked) =>
                        setMitigations(checked ? [...mitigations, name] : mitigations.filter((each) => each !== name))
                      }
                    />
                  ))}
                </fieldset>
              </div>
            </Fold>
            <Failure error={save.error} />
            <div class="row">
              <Button type="submit" kind="primary" icon={IconIncident} busy={save.busy || uploads.busy}>
                {t.submit}
              </Button>
            </div>
          </form>
          <Preview
            incident={input}
            proofs={files.map((each) => each.kind)}
            holds={(chosenReason?.holdDays ?? 0) > 0}
            onMissing={(missing) => setAsksTold(missing.some(isAboutTelling))}
          />
        </div>
      )}
    </Page>
  );
}

function ReasonField({
  reasons,
  title,
  value,
  error,
  onValue,
}: {
  reasons: readonly Reason[];
  title: (name: string) => string;
  value: string;
  error?: string;
  onValue: (name: string) => void;
}) {
  const t = useWords(filingWords);
  const shared = reasons.filter((reason) => reason.shareable && reason.sharedHere);
  const local = reasons.filter((reason) => !(reason.shareable && reason.sharedHere));
  return (
    <Field label={t.reason} error={error}>
      {(control) => (
        <select {...control} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          <option value="">{t.reasonNone}</option>
          {[
            { label: t.shared, list: shared },
            { label: t.notShared, list: local },
          ]
            .filter(({ list }) => list.length > 0)
            .map(({ label, list }) => (
              <optgroup label={label} key={label}>
                {list.map((reason) => (
                  <option key={reason.name} value={reason.name}>
                    {title(reason.name)}
                  </option>
                ))}
              </optgroup>
            ))}
        </select>
      )}
    </Field>
  );
}

// What the circle's charter asks of the reason.
function Needs({
  reason,
  secondPerson,
  told,
}: {
  reason: Reason | undefined;
  secondPerson: boolean;
  told: boolean;
}) {
  const t = useWords(filingWords);
  const words = useWords(proofWords);
  const format = useFormat();
  if (!reason) return null;
  const kind = (name: string) => words.kinds[name] ?? name;
  const needs =
    reason.shareable && reason.sharedHere
      ? [
          reason.leastAmounts.length > 0
            ? t.needsLeast(reason.leastAmounts.map(format.money).join(t.or))
            : reason.needsAmount && t.needsAmount,
          ...reason.proofs.map(({ kinds }) => t.needsProof(kinds.map(kind).join(t.or))),
          reason.reminders > 0 && t.needsReminders(reason.reminders, reason.daysBetweenReminders),
          reason.daysAfterDue > 0 && t.needsDaysAfterDue(reason.daysAfterDue),
          told && t.needsTold,
          secondPerson && t.needsSecond,
          reason.holdDays > 0 && t.hold(reason.holdDays),
        ].filter((need) => need !== false)
      : [t.localNeeds];
  return (
    <div class="needs">
      <strong>{t.needs}</strong>
      <ul>
        {needs.map((need) => (
          <li key={need}>{need}</li>
        ))}
      </ul>
    </div>
  );
}
