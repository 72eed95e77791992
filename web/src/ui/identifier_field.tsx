import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Identifier } from "../gen/daftar/v1/types_pb";
import { nameWords } from "../i18n/names";
import { recogniseWords } from "../i18n/recognise";
import { useWords } from "../i18n/words";
import { useRecognised } from "../use_recognised";
import { RadioGroup, TextField } from "./field";
import { Failure, Note } from "./layout";

export interface TypedIdentifier {
  text: string;
  // What it is, once that is known and there is no doubt.
  identifier?: Identifier;
}

// An identifier that somebody types: what it is taken for is said below it, and asked where it could
// be several things. `onValue` gets what it is as soon as that is known.
export function IdentifierField({
  label,
  hint,
  error,
  optional,
  value,
  onValue,
  inputRef,
}: {
  label: string;
  hint?: string;
  error?: string;
  optional?: boolean;
  value: TypedIdentifier;
  onValue: (value: TypedIdentifier) => void;
  inputRef?: RefObject<HTMLInputElement | null>;
}) {
  const t = useWords(recogniseWords);
  const names = useWords(nameWords);
  const [chosen, setChosen] = useState<string>();
  const changed = useRef(onValue);
  changed.current = onValue;
  const { text } = value;
  const { found, error: failure } = useRecognised(text);

  useEffect(() => {
    setChosen(undefined);
    const only = found?.recognised.length === 1 ? found.recognised[0] : undefined;
    if (found) changed.current({ text, identifier: only?.identifier });
  }, [found, text]);

  const options = found?.recognised ?? [];
  const only = options.length === 1 ? options[0] : options.find((option) => option.type === chosen);
  const named = (type: string) => names.identifiers[type] ?? type;
  return (
    <div class="stack stack-small">
      <TextField
        label={label}
        hint={hint}
        error={error || (found && options.length === 0 ? found.why || t.unknown : undefined)}
        optional={optional}
        value={text}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={256}
        inputRef={inputRef}
        onValue={(next) => onValue({ text: next })}
      />
      <div role="status" class="small muted breaks">
        {options.length === 1 && only && t.takenFor(named(only.type), only.display)}
      </div>
      {options.length > 1 && (
        <RadioGroup
          label={t.which}
          value={chosen}
          options={options.map(({ type, display }) => ({ value: type, label: named(type), hint: display }))}
          onValue={(type) => {
            setChosen(type);
            onValue({ text, identifier: options.find((option) => option.type === type)?.identifier });
          }}
        />
      )}
      {only?.warning && <Note tone="amber">{only.warning}</Note>}
      <Failure error={failure} />
    </div>
  );
}
