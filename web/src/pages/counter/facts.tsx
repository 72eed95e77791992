import { useState } from "preact/hooks";
import { disclosure, shop } from "../../api";
import { useFormat } from "../../format/use_format";
import type { DecisionInput, PartnerAnswer } from "../../gen/daftar/v1/shop_pb";
import type { Identifier } from "../../gen/daftar/v1/types_pb";
import { counterWords } from "../../i18n/counter";
import { useLanguage } from "../../i18n/language";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { Card, EmptyState } from "../../ui/layout";
import { Badge, MoneyText, type Tone } from "../../ui/marks";
import { IconCheck, IconClock, IconFile, IconInfo, IconReview } from "../../ui/icons";
import { useAsk } from "../../use_ask";
import { useOpens } from "../../use_opens";
import { usePartnerName } from "../../use_partner_name";
import { currentOf } from "./reached";

const SECONDS_A_DAY = 86_400;
// As AskForProof takes a reason, in bytes.
const MOST_WHY = 200;

const STATUS_LOOKS: Record<string, { tone: Tone; icon: typeof IconClock }> = {
  live: { tone: "bad", icon: IconClock },
  settled: { tone: "good", icon: IconCheck },
  disputed: { tone: "violet", icon: IconReview },
};

// Titles of the reasons, by name, in the language chosen.
function useReasons(): (name: string) => string {
  const language = useLanguage();
  const asked = useAsk((signal) => shop.listReasons({ language }, { signal }), [language]);
  return (name) => asked.value?.reasons.find((reason) => reason.name === name)?.title ?? name;
}

// What the answer rests on, each with its age.
export function FactsOf({
  inputs,
  partners,
  identifiers,
}: {
  inputs: DecisionInput[];
  partners: PartnerAnswer[];
  identifiers: Identifier[];
}) {
  const t = useWords(counterWords);
  const manager = useMay(MANAGERS);
  const [asking, setAsking] = useState<DecisionInput>();
  const reason = useReasons();
  const nameOf = usePartnerName();
  return (
    <Card title={t.factsTitle}>
      {inputs.length === 0 ? (
        <EmptyState title={t.noFacts(currentOf(partners), partners.length)}>{t.noFactsHint}</EmptyState>
      ) : (
        <ul class="fact-list">
          {inputs.map((input, at) => (
            <Fact
              key={`${input.type} ${input.reference} ${at}`}
              input={input}
              reason={reason}
              nameOf={nameOf}
              onAsk={manager && isAskable(input) ? () => setAsking(input) : undefined}
            />
          ))}
        </ul>
      )}
      {asking && (
        <BecauseDialog
          title={t.askProof}
          confirm={t.askProof}
          done={t.askedProof}
          hint={t.askProofHint}
          most={MOST_WHY}
          write={(requestId, because) =>
            disclosure.askForProof({
              requestId,
              partner: asking.origin,
              logIndex: BigInt(asking.reference),
              identifiers,
              because,
            })
          }
          onClose={() => setAsking(undefined)}
        >
          <p>{t.askProofOf(nameOf(asking.origin))}</p>
        </BecauseDialog>
      )}
    </Card>
  );
}

// A partner's report whose place in its log the role sees.
const isAskable = ({ type, origin, reference }: DecisionInput) =>
  type === "partner_record" && origin !== "" && /^\d+$/.test(reference);

function Fact({
  input,
  reason,
  nameOf,
  onAsk,
}: {
  input: DecisionInput;
  reason: (name: string) => string;
  nameOf: (origin: string) => string;
  onAsk: (() => void) | undefined;
}) {
  const t = useWords(counterWords);
  const format = useFormat();
  const opensIncidents = useOpens("incidents");
  if (input.type === "own_orders") return <OwnOrders input={input} />;
  const own = input.type === "own_incident";
  const look = STATUS_LOOKS[input.status] ?? { tone: "plain" as Tone, icon: IconInfo };
  const source = own ? t.ownIncident : input.origin ? t.partnerRecordOf(nameOf(input.origin)) : t.partnerRecord;
  const title = reason(input.reason) || source;
  return (
    <li>
      <div class="fact-head">
        <span>
          {own && input.reference && opensIncidents ? (
            <a href={href("incidents", input.reference)}>{title}</a>
          ) : (
            title
          )}
        </span>
        <MoneyText money={input.amount} />
      </div>
      <div class="muted small">
        {[
          source,
          format.span(-input.ageDays * SECONDS_A_DAY),
          input.due && t.dueAge(format.day(input.due)),
        ]
          .filter(Boolean)
          .join(" · ")}
      </div>
      <div class="row">
        {input.status && (
          <Badge tone={look.tone} icon={look.icon}>
            {t.statuses[input.status] ?? input.status}
          </Badge>
        )}
        {!input.counted && <Badge icon={IconInfo}>{t.notCounted}</Badge>}
        {onAsk && (
          <Button kind="quiet" icon={IconFile} onClick={onAsk}>
            {t.askProof}
          </Button>
        )}
      </div>
    </li>
  );
}

function OwnOrders({ input }: { input: DecisionInput }) {
  const t = useWords(counterWords);
  const format = useFormat();
  const orders = input.orders;
  if (!orders) return null;
  const settled = Number(orders.settled);
  const counts: [bigint, (count: number) => string][] = [
    [orders.late, t.late],
    [orders.open, t.open],
    [orders.overdue, t.overdue],
    [orders.unpaid, t.unpaid],
  ];
  const said = counts.filter(([count]) => count > 0n).map(([count, words]) => words(Number(count)));
  return (
    <li>
      <div class="fact-head">
        <span>{t.ownOrders}</span>
      </div>
      <div>{settled > 0 ? t.onTime(Number(orders.paidOnTime), settled) : t.ownOrdersNone}</div>
      <div class="muted small">{[...said, format.span(-input.ageDays * SECONDS_A_DAY)].join(" · ")}</div>
      {orders.openAmounts.length > 0 && (
        <div class="small">{t.owes(format.list(orders.openAmounts.map(format.money)))}</div>
      )}
    </li>
  );
}
