import { useFormat } from "../format/use_format";
import type { ParsedMoney } from "../format/money";
import { uiWords } from "../i18n/ui";
import { useWords } from "../i18n/words";
import { useSession } from "../session";
import { Field, type FieldLook } from "./field";

// What stands in the field; `parseTyped` makes an amount of it.
export interface TypedMoney {
  text: string;
  currency: string;
}

type Format = Pick<ReturnType<typeof useFormat>, "parseMoney">;

// Undefined where nothing was typed; `fault` where it is no amount.
export function parseTyped(typed: TypedMoney, format: Format) {
  if (!typed.text.trim()) return undefined;
  const parsed = format.parseMoney(typed.text, typed.currency);
  return "minor" in parsed ? { minor: parsed.minor, currency: typed.currency } : parsed;
}

// The sentence about a fault of `parseMoney`.
export function useMoneyFault() {
  const t = useWords(uiWords);
  const format = useFormat();
  return (parsed: ParsedMoney | undefined, currency: string): string | undefined => {
    if (!parsed || !("fault" in parsed)) return undefined;
    if (parsed.fault === "large") return t.amountLarge;
    if (parsed.fault === "decimals") return t.amountDecimals(currency);
    return t.amountFormat(format.moneyAsTyped({ minor: 450000000n, currency }));
  };
}

// The currencies of the circle, the most used first.
export function useCurrencies(): string[] {
  const known = useSession()?.currencies ?? [];
  return known.length > 0 ? known : ["IDR", "MYR", "SGD", "USD"];
}

export function MoneyField({
  value,
  onValue,
  ...look
}: FieldLook & { value: TypedMoney; onValue: (value: TypedMoney) => void }) {
  const t = useWords(uiWords);
  const format = useFormat();
  const currencies = useCurrencies();
  // Grouped as people write it, once the field is left.
  const tidy = () => {
    const parsed = parseTyped(value, format);
    if (parsed && "minor" in parsed) onValue({ ...value, text: format.moneyAsTyped(parsed) });
  };
  return (
    <Field {...look}>
      {(control) => (
        <div class="field-money">
          <input
            {...control}
            class="control number"
            inputMode="decimal"
            autocomplete="off"
            value={value.text}
            onInput={(event) => onValue({ ...value, text: event.currentTarget.value })}
            onBlur={tidy}
          />
          <select
            class="control"
            aria-label={t.currency}
            value={value.currency}
            onChange={(event) => onValue({ ...value, currency: event.currentTarget.value })}
          >
            {currencies.map((currency) => (
              <option key={currency} value={currency}>
                {currency}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  );
}
