import "./counter.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { shop } from "../../api";
import { checkedHere, type Buyer } from "../../buyer";
import type { Amount } from "../../format/money";
import type { CheckResponse } from "../../gen/daftar/v1/shop_pb";
import { type Identifier, Terms } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { useLanguage } from "../../i18n/language";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { Card, Failure, Loading, Page, PageHeader } from "../../ui/layout";
import { type TypedMoney, useCurrencies } from "../../ui/money_field";
import { useWrite } from "../../use_write";
import { Answer } from "./answer";
import { AskForm, type Question } from "./ask_form";
import { Recent } from "./recent";

interface Asked {
  answer: CheckResponse;
  buyer: Buyer;
  terms: Terms;
}

interface Input {
  identifiers: Identifier[];
  amount: Amount | undefined;
  terms: Terms;
  language: string;
}

// One box: who is the buyer, and may the order go out?
export default function Counter() {
  const t = useWords(counterWords);
  const names = useWords(nameWords);
  const language = useLanguage();
  const currency = useCurrencies()[0] ?? "IDR";
  const [text, setText] = useState("");
  const [money, setMoney] = useState<TypedMoney>({ text: "", currency });
  const [terms, setTerms] = useState<Terms>(Terms.UNSPECIFIED);
  const [asked, setAsked] = useState<Asked>();
  const [question, setQuestion] = useState<Question>();
  const [round, setRound] = useState(0);
  const box = useRef<HTMLInputElement>(null);
  const check = useWrite((requestId, input: Input) => shop.check({ requestId, ...input }));

  const clear = () => {
    setText("");
    setMoney({ text: "", currency: money.currency });
    setTerms(Terms.UNSPECIFIED);
    setAsked(undefined);
    check.clear();
    box.current?.focus();
  };
  const ask = async (next: Question) => {
    const { recognised, amount } = next;
    if (!recognised.identifier) return;
    setQuestion(next);
    setAsked(undefined);
    const identifiers = [recognised.identifier];
    const answer = await check.run({ identifiers, amount, terms: next.terms, language });
    if (!answer) return;
    const buyer: Buyer = { identifiers, display: recognised.display, amount, receipt: answer.receipt };
    checkedHere.set(answer.receipt, buyer);
    setAsked({ answer, buyer, terms: next.terms });
    setRound((before) => before + 1);
  };
  // Wherever the focus is, unless a dialog has it.
  useEffect(() => {
    box.current?.focus();
  }, []);
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) clear();
    };
    window.addEventListener("keydown", escape);
    return () => window.removeEventListener("keydown", escape);
  });

  const answer = asked?.answer;
  const heard = check.busy
    ? t.asking
    : answer
      ? [names.effects[answer.effect], answer.because, ...answer.next.map((step) => step.sentence)]
          .map((said) => said.replace(/\.$/, ""))
          .join(". ")
      : "";
  return (
    <Page>
      <PageHeader title={t.title} />
      <Card>
        <AskForm
          text={text}
          money={money}
          terms={terms}
          busy={check.busy}
          box={box}
          onText={(value) => {
            setText(value);
            check.clear();
          }}
          onMoney={setMoney}
          onTerms={setTerms}
          onAsk={ask}
          onClear={clear}
        />
      </Card>
      <div class="visually-hidden" aria-live="polite" aria-atomic="true">
        {heard}
      </div>
      {check.busy && <Loading label={t.asking} />}
      <Failure error={check.error} again={question && (() => ask(question))} />
      {asked && (
        <Answer
          key={asked.answer.receipt}
          {...asked}
          onChanged={() => setRound((before) => before + 1)}
        />
      )}
      <Recent round={round} />
    </Page>
  );
}
