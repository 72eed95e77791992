import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { explain } from "../../errors";
import { useFormat } from "../../format/use_format";
import type { RecogniseIdentifierResponse, RecognisedIdentifier } from "../../gen/daftar/v1/shop_pb";
import { Terms } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import type { Amount } from "../../format/money";
import { Button } from "../../ui/button";
import { RadioGroup, SelectField, TextField } from "../../ui/field";
import { IconCheck, IconSearch } from "../../ui/icons";
import { Note } from "../../ui/layout";
import { MoneyField, parseTyped, type TypedMoney, useMoneyFault } from "../../ui/money_field";
import { useRecognised } from "../../use_recognised";

export interface Question {
  recognised: RecognisedIdentifier;
  amount: Amount | undefined;
  terms: Terms;
}

const TERMS = [Terms.UNSPECIFIED, Terms.COD, Terms.CREDIT, Terms.DEPOSIT, Terms.PREPAID];

const keyOf = (row: RecognisedIdentifier) => `${row.type} ${row.display}`;

// The one box, what is recognised in it, and what the order is about.
export function AskForm({
  text,
  money,
  terms,
  busy,
  box,
  onText,
  onMoney,
  onTerms,
  onAsk,
  onClear,
}: {
  text: string;
  money: TypedMoney;
  terms: Terms;
  busy: boolean;
  box: RefObject<HTMLInputElement | null>;
  onText: (text: string) => void;
  onMoney: (money: TypedMoney) => void;
  onTerms: (terms: Terms) => void;
  onAsk: (question: Question) => void;
  onClear: () => void;
}) {
  const t = useWords(counterWords);
  const names = useWords(nameWords);
  const format = useFormat();
  const moneyFault = useMoneyFault();
  const { found, error, now } = useRecognised(text);
  const [choice, setChoice] = useState<string>();
  const [fault, setFault] = useState<string>();
  const [moneyError, setMoneyError] = useState<string>();
  const several = (found?.recognised.length ?? 0) > 1;
  const only = found?.recognised.length === 1 ? found.recognised[0] : undefined;
  const typeName = (type: string) => names.identifiers[type] ?? type;

  const chosenOf = (answer: RecogniseIdentifierResponse) =>
    answer.recognised.length === 1
      ? answer.recognised[0]
      : answer.recognised.find((row) => keyOf(row) === choice);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setFault(undefined);
    if (!text.trim()) {
      setFault(t.typeSomething);
      box.current?.focus();
      return;
    }
    const amount = parseTyped(money, format);
    if (amount && "fault" in amount) {
      setMoneyError(moneyFault(amount, money.currency));
      return;
    }
    setMoneyError(undefined);
    let answer: RecogniseIdentifierResponse;
    try {
      answer = await now();
    } catch (failure) {
      const { sentence, detail } = explain(failure);
      setFault([sentence, detail].filter(Boolean).join(" "));
      return;
    }
    const recognised = chosenOf(answer);
    if (recognised) onAsk({ recognised, amount, terms });
    else setFault(answer.recognised.length > 1 ? t.chooseFirst : answer.why);
  };

  // What cannot be anything is said while it is typed, once it is long enough to be something.
  const nothing = found && found.recognised.length === 0 && text.trim().length >= 6 ? found.why : undefined;
  const failed = error === undefined ? undefined : explain(error).sentence;
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <div class="stack stack-small counter-box">
        <TextField
          label={t.box}
          hint={t.boxHint}
          error={fault ?? nothing ?? failed}
          value={text}
          onValue={(value) => {
            setFault(undefined);
            setChoice(undefined);
            onText(value);
          }}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={256}
          inputRef={box}
          autofocus
        />
        <div aria-live="polite">
          {only && (
            <div class="recognised">
              <IconCheck size={18} />
              <span>
                {t.recognisedAs(typeName(only.type))}: <strong>{only.display}</strong>
              </span>
            </div>
          )}
        </div>
        {only?.warning && <Note tone="amber">{only.warning}</Note>}
      </div>
      {several && (
        <RadioGroup
          label={t.whichOne}
          value={choice}
          options={(found?.recognised ?? []).map((row) => ({
            value: keyOf(row),
            label: typeName(row.type),
            hint: row.warning || row.display,
          }))}
          onValue={(value) => {
            setFault(undefined);
            setChoice(value);
          }}
        />
      )}
      <div class="columns">
        <MoneyField label={t.amount} optional error={moneyError} value={money} onValue={onMoney} />
        <SelectField
          label={t.terms}
          optional
          value={String(terms)}
          options={TERMS.map((each) => ({ value: String(each), label: names.terms[each] }))}
          onValue={(value) => onTerms(Number(value) as Terms)}
        />
      </div>
      <div class="row">
        <Button kind="primary" type="submit" icon={IconSearch} busy={busy}>
          {t.check}
        </Button>
        {text && (
          <Button kind="quiet" onClick={onClear}>
            {t.clear}
          </Button>
        )}
      </div>
    </form>
  );
}
