import "./marks.css";
import type { ComponentChildren } from "preact";
import { useFormat } from "../format/use_format";
import type { Amount } from "../format/money";
import { Effect } from "../gen/daftar/v1/types_pb";
import { nameWords } from "../i18n/names";
import { useWords } from "../i18n/words";
import {
  type Icon,
  IconAccept,
  IconDecline,
  IconDeposit,
  IconInfo,
  IconPrepay,
  IconReview,
} from "./icons";

export type Tone = "good" | "blue" | "amber" | "violet" | "bad" | "plain";

// A state in a word: the colour and the icon say it once more.
export function Badge({
  tone = "plain",
  icon: Mark,
  children,
}: {
  tone?: Tone;
  icon?: Icon;
  children: ComponentChildren;
}) {
  return (
    <span class={`badge tone-${tone}`}>
      {Mark && <Mark size={16} />}
      <span>{children}</span>
    </span>
  );
}

const EFFECTS: Record<Effect, { tone: Tone; icon: Icon }> = {
  [Effect.UNSPECIFIED]: { tone: "plain", icon: IconInfo },
  [Effect.ACCEPT]: { tone: "good", icon: IconAccept },
  [Effect.DEPOSIT]: { tone: "blue", icon: IconDeposit },
  [Effect.PREPAY]: { tone: "amber", icon: IconPrepay },
  [Effect.REVIEW]: { tone: "violet", icon: IconReview },
  [Effect.DECLINE]: { tone: "bad", icon: IconDecline },
};

// What a check answered.
export function EffectMark({ effect, large = false }: { effect: Effect; large?: boolean }) {
  const t = useWords(nameWords);
  const { tone, icon: Mark } = EFFECTS[effect] ?? EFFECTS[Effect.UNSPECIFIED];
  const word = t.effects[effect] ?? t.effects[Effect.UNSPECIFIED];
  if (!large) {
    return (
      <Badge tone={tone} icon={Mark}>
        {word}
      </Badge>
    );
  }
  return (
    <div class={`effect-large tone-${tone}`}>
      <Mark size={36} />
      <span>{word}</span>
    </div>
  );
}

// "40 days ago", with the day itself at hand.
export function Age({ at }: { at: string }) {
  const format = useFormat();
  if (!at) return null;
  return (
    <time dateTime={at} title={format.time(at)}>
      {format.age(at)}
    </time>
  );
}

export function Day({ on }: { on: string }) {
  const format = useFormat();
  return on ? (
    <time dateTime={on} class="nowrap">
      {format.day(on)}
    </time>
  ) : null;
}

export function Time({ at }: { at: string }) {
  const format = useFormat();
  return at ? <time dateTime={at}>{format.time(at)}</time> : null;
}

// Nothing for an absent amount.
export function MoneyText({ money }: { money: Amount | undefined }) {
  const format = useFormat();
  return money ? <span class="nowrap number">{format.money(money)}</span> : null;
}

// How far something is; without `max`, that it goes on.
export function Progress({ label, value, max }: { label: string; value?: number; max?: number }) {
  return (
    <label class="progress">
      <span>{label}</span>
      {max ? <progress value={value} max={max} /> : <progress />}
    </label>
  );
}
