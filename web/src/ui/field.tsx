import "./field.css";
import type { ComponentChildren, InputHTMLAttributes, RefObject } from "preact";
import { useId } from "preact/hooks";
import { uiWords } from "../i18n/ui";
import { useWords } from "../i18n/words";
import { IconWarning } from "./icons";

export interface FieldLook {
  label: string;
  // What to write, below the label.
  hint?: ComponentChildren;
  // What is wrong with it; empty when nothing is.
  error?: string;
  optional?: boolean;
}

export interface ControlProps {
  id: string;
  class: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

// Label, hint and error around a control, which is given what ties them together.
export function Field({
  label,
  hint,
  error,
  optional,
  children,
}: FieldLook & { children: (control: ControlProps) => ComponentChildren }) {
  const t = useWords(uiWords);
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
        {optional && <span class="field-optional"> ({t.optional})</span>}
      </label>
      {hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {children({
        id,
        class: "control",
        "aria-describedby": described || undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {error && (
        <div class="field-error" id={`${id}-error`}>
          <IconWarning size={18} />
          <span>{error}</span>
        </div>
      )}
    </div>
  );
}

interface InputRest {
  autocapitalize?: string;
  autocomplete?: string;
  autofocus?: boolean;
  disabled?: boolean;
  inputMode?: "text" | "decimal" | "numeric" | "tel" | "email";
  max?: string;
  maxLength?: number;
  min?: string;
  placeholder?: string;
  required?: boolean;
  spellcheck?: boolean;
  onBlur?: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
}

export function TextField({
  label,
  hint,
  error,
  optional,
  value,
  onValue,
  type = "text",
  inputRef,
  ...rest
}: FieldLook &
  InputRest & {
    value: string;
    onValue: (value: string) => void;
    type?: "text" | "password" | "date" | "email" | "search";
    inputRef?: RefObject<HTMLInputElement | null>;
  }) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(control) => {
        // The types of attributes differ by `type`, which is not known before.
        const attributes = { ...rest, ...control, type } as InputHTMLAttributes<HTMLInputElement>;
        return (
          <input
            {...attributes}
            ref={inputRef}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
        );
      }}
    </Field>
  );
}

export function TextArea({
  label,
  hint,
  error,
  optional,
  value,
  onValue,
  rows = 4,
  mono = false,
}: FieldLook & { value: string; onValue: (value: string) => void; rows?: number; mono?: boolean }) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(control) => (
        <textarea
          {...control}
          class={mono ? "control mono" : "control"}
          rows={rows}
          value={value}
          spellcheck={!mono}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface Option<T extends string> {
  value: T;
  label: string;
  hint?: string;
}

export function SelectField<T extends string>({
  label,
  hint,
  error,
  optional,
  value,
  options,
  onValue,
}: FieldLook & { value: T; options: readonly Option<T>[]; onValue: (value: T) => void }) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(control) => (
        <select {...control} value={value} onChange={(event) => onValue(event.currentTarget.value as T)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

// One of a few, all of them seen.
export function RadioGroup<T extends string>({
  label,
  value,
  options,
  onValue,
}: {
  label: string;
  value: T | undefined;
  options: readonly Option<T>[];
  onValue: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{label}</legend>
      {options.map((option) => (
        <label class="choice" key={option.value}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onValue(option.value)}
          />
          <span>
            {option.label}
            {option.hint && <span class="field-hint"> {option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function CheckField({
  label,
  checked,
  onValue,
}: {
  label: string;
  checked: boolean;
  onValue: (checked: boolean) => void;
}) {
  return (
    <label class="choice">
      <input type="checkbox" checked={checked} onChange={(event) => onValue(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
