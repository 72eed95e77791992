import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { shop } from "../api";
import { isAborted } from "../errors";
import type { RecognisedIdentifier } from "../gen/daftar/v1/shop_pb";
import type { Identifier } from "../gen/daftar/v1/types_pb";
import { useLanguage } from "../i18n/language";
import { nameWords } from "../i18n/names";
import { recogniseWords } from "../i18n/recognise";
import { useWords } from "../i18n/words";
import { RadioGroup, TextField } from "./field";
import { Failure, Note } from "./layout";

const WAIT_MS = 250;

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
  const language = useLanguage();
  const [found, setFound] = useState<{ options: RecognisedIdentifier[]; why: string } | undefined>();
  const [chosen, setChosen] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  const changed = useRef(onValue);
  changed.current = onValue;
  const { text } = value;

  useEffect(() => {
    setFound(undefined);
    setChosen(undefined);
    setFailure(undefined);
    if (!text.trim()) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      shop.recogniseIdentifier({ text, language }, { signal: stop.signal }).then(
        ({ recognised, why }) => {
          if (stop.signal.aborted) return;
          setFound({ options: recognised, why });
          changed.current({ text, identifier: recognised.length === 1 ? recognised[0]?.identifier : undefined });
        },
        (failed: unknown) => {
          if (!stop.signal.aborted && !isAborted(failed)) setFailure(failed);
        },
      );
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, language]);

  const options = found?.options ?? [];
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
