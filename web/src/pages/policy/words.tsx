// The policy's values in words, each to be changed where it stands.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { separators } from "../../format/money";
import { useFormat } from "../../format/use_format";
import type { PolicyLine } from "../../gen/daftar/v1/policy_pb";
import { Effect } from "../../gen/daftar/v1/types_pb";
import { nameWords } from "../../i18n/names";
import { policyWords } from "../../i18n/policy";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { Field, SelectField } from "../../ui/field";
import { IconChevron, IconWarning } from "../../ui/icons";
import { Badge } from "../../ui/marks";
import { type Section, sectionsOf } from "./sections";
import { nameOf, percentOf, ppmOf, setValue, typedNumber, valuesOf } from "./text";
import type { Draft } from "./use_draft";

const EFFECTS: Record<string, Effect> = {
  accept: Effect.ACCEPT,
  deposit: Effect.DEPOSIT,
  prepay: Effect.PREPAY,
  review: Effect.REVIEW,
  decline: Effect.DECLINE,
};

type Unit = "percent" | "days" | "number" | "effect";

export function unitOf(key: string, value: string): Unit {
  if (value in EFFECTS) return "effect";
  const name = nameOf(key);
  if (name.endsWith("_ppm")) return "percent";
  return name.endsWith("_days") ? "days" : "number";
}

function useShown() {
  const t = useWords(policyWords);
  const names = useWords(nameWords);
  const format = useFormat();
  return (key: string, value: string) => {
    const effect = EFFECTS[value];
    if (effect !== undefined) return names.effects[effect];
    if (!/^\d+$/.test(value)) return value;
    const unit = unitOf(key, value);
    if (unit === "percent") return format.percent(Number(value), 4);
    return unit === "days" ? t.daysOf(format.number(Number(value))) : format.number(Number(value));
  };
}

function NumberLine({
  line,
  value,
  fault,
  onValue,
  onWrong,
}: {
  line: PolicyLine;
  value: string;
  fault: string;
  onValue: (literal: string) => void;
  // Whether what is typed is no value.
  onWrong: (wrong: boolean) => void;
}) {
  const t = useWords(policyWords);
  const format = useFormat();
  const shown = useShown();
  const unit = unitOf(line.key, value);
  const asTyped = (raw: string) => {
    if (unit !== "percent") return raw;
    return new Intl.NumberFormat(format.locale, { useGrouping: false, maximumFractionDigits: 4 }).format(
      percentOf(Number(raw)),
    );
  };
  const literalOf = (text: string) => {
    if (unit !== "percent") return /^\d+$/.test(text.trim()) ? String(Number(text)) : undefined;
    const number = typedNumber(text, separators(format.locale).decimal);
    return number === undefined ? undefined : String(ppmOf(number));
  };
  const [text, setText] = useState(() => asTyped(value));
  useEffect(() => {
    if (literalOf(text) !== value) setText(asTyped(value));
  }, [value, format.locale]);
  const wrong = literalOf(text) === undefined;
  useEffect(() => onWrong(wrong), [wrong]);
  const usual = line.defaultValue !== line.value && line.defaultValue !== "";
  return (
    <Field
      label={line.sentence || line.key}
      hint={usual ? t.usually(shown(line.key, line.defaultValue)) : undefined}
      error={wrong ? t.badNumber : fault}
    >
      {(control) => (
        <div class="policy-value">
          <input
            {...control}
            inputMode="decimal"
            autocomplete="off"
            class="control number"
            value={text}
            onInput={(event) => {
              const typed = event.currentTarget.value;
              setText(typed);
              const literal = literalOf(typed);
              if (literal !== undefined && literal !== value) onValue(literal);
            }}
          />
          {unit !== "number" && <span class="muted">{unit === "percent" ? "%" : t.days}</span>}
        </div>
      )}
    </Field>
  );
}

// Folded until somebody opens it or something in it is wrong, and then open until somebody closes it.
function Folded({ section, children }: { section: Section<PolicyLine>; children: ComponentChildren }) {
  const t = useWords(policyWords);
  const format = useFormat();
  const { name, often, faulty, unusual } = section;
  const [open, setOpen] = useState(often);
  useEffect(() => {
    if (faulty) setOpen(true);
  }, [faulty]);
  return (
    <details
      class="card policy-section"
      open={open || faulty}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary
        onClick={(event) => {
          // What is wrong stays in sight.
          if (faulty) event.preventDefault();
        }}
      >
        <h2>{t.sections[name] ?? t.other}</h2>
        {faulty ? (
          <Badge tone="bad" icon={IconWarning}>
            {t.sectionFaulty}
          </Badge>
        ) : (
          unusual > 0 && <Badge>{t.sectionUnusual(unusual, format.number(unusual))}</Badge>
        )}
        <IconChevron class="policy-section-mark" />
      </summary>
      <div class="policy-lines">{children}</div>
    </details>
  );
}

export function InWords({
  draft,
  onUnfinished,
}: {
  draft: Draft;
  // Whether a field holds what is no value, which the draft does not have.
  onUnfinished: (unfinished: boolean) => void;
}) {
  const t = useWords(policyWords);
  const names = useWords(nameWords);
  const shown = useShown();
  const may = useMay(MANAGERS);
  const values = valuesOf(draft.text);
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const unfinished = wrong.size > 0;
  useEffect(() => {
    onUnfinished(unfinished);
    return () => onUnfinished(false);
  }, [unfinished]);
  const mark = (key: string, isWrong: boolean) =>
    setWrong((before) => {
      if (before.has(key) === isWrong) return before;
      return new Set(isWrong ? [...before, key] : [...before].filter((each) => each !== key));
    });
  const row = (line: PolicyLine) => {
    const place = values.find((each) => each.key === line.key);
    const value = place?.value ?? line.value;
    const fault = draft.faults.find((each) => place && each.line === place.line)?.what ?? "";
    const usual = line.defaultValue !== line.value ? t.usually(shown(line.key, line.defaultValue)) : "";
    if (!may) {
      return (
        <div key={line.key} class="policy-line">
          <span>{line.sentence || line.key}</span>
          <strong>{shown(line.key, value)}</strong>
          {usual && <span class="muted small">{usual}</span>}
        </div>
      );
    }
    if (value in EFFECTS) {
      return (
        <SelectField
          key={line.key}
          label={line.sentence || line.key}
          hint={usual || undefined}
          error={fault}
          value={value}
          options={Object.entries(EFFECTS).map(([each, effect]) => ({ value: each, label: names.effects[effect] }))}
          onValue={(next) => draft.setText(setValue(draft.text, line.key, `"${next}"`))}
        />
      );
    }
    return (
      <NumberLine
        key={line.key}
        line={line}
        value={value}
        fault={fault}
        onValue={(literal) => draft.setText(setValue(draft.text, line.key, literal))}
        onWrong={(isWrong) => mark(line.key, isWrong)}
      />
    );
  };
  return (
    <div class="stack">
      {sectionsOf(draft.lines, draft.text, draft.faults, wrong).map((section) => (
        <Folded key={section.name} section={section}>
          {section.lines.map(row)}
        </Folded>
      ))}
    </div>
  );
}
