import { useState } from "preact/hooks";
import { book } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Group } from "../../gen/daftar/v1/book_pb";
import { Effect } from "../../gen/daftar/v1/types_pb";
import { groupsWords } from "../../i18n/groups";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { BecauseDialog } from "../../ui/because_dialog";
import { CheckField, SelectField, TextField } from "../../ui/field";
import { Fold } from "../../ui/fold";
import { MoneyField, parseTyped, useCurrencies, useMoneyFault } from "../../ui/money_field";
import { say } from "../../ui/toast";

const EFFECTS = [
  Effect.UNSPECIFIED,
  Effect.ACCEPT,
  Effect.DEPOSIT,
  Effect.PREPAY,
  Effect.REVIEW,
  Effect.DECLINE,
];
// After the shipped groups that protect the shop (book.proto).
const USUAL_ORDER = "450";
const PPM_OF_PERCENT = 10_000;

const whole = (text: string) => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined);
const percent = (text: string) => {
  const tidy = text.trim().replace(",", ".");
  const number = /^\d{1,3}(\.\d{1,4})?$/.test(tidy) ? Number(tidy) : undefined;
  return number !== undefined && number <= 100 ? Math.round(number * PPM_OF_PERCENT) : undefined;
};
const shown = (value: bigint | number | undefined) => (value === undefined ? "" : String(value));
const shownPercent = (ppm: number | undefined) => (ppm === undefined ? "" : String(ppm / PPM_OF_PERCENT));

export function EditGroup({ group, onDone, onClose }: { group: Group | undefined; onDone: () => void; onClose: () => void }) {
  const t = useWords(groupsWords);
  const names = useWords(nameWords);
  const format = useFormat();
  const faultOf = useMoneyFault();
  const [currency = "IDR"] = useCurrencies();
  const money = (amount: { minor: bigint; currency: string } | undefined) => ({
    text: amount ? format.moneyAsTyped(amount) : "",
    currency: amount?.currency ?? currency,
  });
  const [name, setName] = useState(group?.name ?? "");
  const [order, setOrder] = useState(group ? String(group.precedence) : USUAL_ORDER);
  const [atLeast, setAtLeast] = useState(group?.atLeast ?? Effect.UNSPECIFIED);
  const [atMost, setAtMost] = useState(group?.atMost ?? Effect.UNSPECIFIED);
  const [deposit, setDeposit] = useState(shownPercent(group?.depositPpm));
  const [days, setDays] = useState(shown(group?.creditDays));
  const [limit, setLimit] = useState(money(group?.creditLimits[0]));
  const [priceList, setPriceList] = useState(group?.priceList ?? "");
  const [bonusCard, setBonusCard] = useState(group?.bonusCard ?? false);
  const [turnover, setTurnover] = useState(money(group?.rule?.leastTurnover));
  const [rule, setRule] = useState({
    leastSettled: shown(group?.rule?.leastSettled),
    leastOnTime: shownPercent(group?.rule?.leastOnTimePpm),
    mostDaysLate: shown(group?.rule?.mostDaysLate),
    leastBad: shown(group?.rule?.leastBad),
    leastOverdue: shown(group?.rule?.leastOverdueDays),
    leastKnown: shown(group?.rule?.leastDaysKnown),
  });
  const place = whole(order);
  const placeWrong = place === undefined || place < 1 || place > 1000;
  const limitTyped = parseTyped(limit, format);
  const turnoverTyped = parseTyped(turnover, format);
  const limitFault = faultOf(limitTyped, limit.currency);
  const turnoverFault = faultOf(turnoverTyped, turnover.currency);
  const wrongRule = (Object.keys(rule) as (keyof typeof rule)[]).filter(
    (key) => rule[key].trim() && (key === "leastOnTime" ? percent(rule[key]) : whole(rule[key])) === undefined,
  );
  const depositWrong = deposit.trim() !== "" && percent(deposit) === undefined;
  const daysWrong = days.trim() !== "" && whole(days) === undefined;
  const ready =
    name.trim() !== "" &&
    !placeWrong &&
    !depositWrong &&
    !daysWrong &&
    !limitFault &&
    !turnoverFault &&
    wrongRule.length === 0;
  const amount = (typed: typeof limitTyped) => (typed && "minor" in typed ? typed : undefined);
  const big = (text: string) => (whole(text) === undefined ? undefined : BigInt(whole(text) ?? 0));
  const write = (requestId: string, because: string) => {
    const leastTurnover = amount(turnoverTyped);
    const ruled = leastTurnover !== undefined || Object.values(rule).some((text) => text.trim() !== "");
    // Limits in other currencies stay as they are.
    const others = (group?.creditLimits ?? []).slice(1);
    const creditLimit = amount(limitTyped);
    return book.putGroup({
      requestId,
      because,
      group: {
        name: name.trim(),
        precedence: place ?? 0,
        atLeast,
        atMost,
        depositPpm: percent(deposit),
        creditLimits: [...(creditLimit ? [creditLimit] : []), ...others],
        creditDays: whole(days),
        priceList: priceList.trim(),
        bonusCard,
        rule: ruled
          ? {
              leastSettled: big(rule.leastSettled),
              leastOnTimePpm: percent(rule.leastOnTime),
              mostDaysLate: whole(rule.mostDaysLate),
              leastBad: big(rule.leastBad),
              leastOverdueDays: whole(rule.leastOverdue),
              leastDaysKnown: whole(rule.leastKnown),
              leastTurnover,
            }
          : undefined,
      },
    });
  };
  const effects = EFFECTS.map((each) => ({
    value: String(each),
    label: each === Effect.UNSPECIFIED ? t.noBound : names.effects[each],
  }));
  const ruleField = (key: keyof typeof rule) => (
    <TextField
      key={key}
      label={t[key]}
      optional
      inputMode="decimal"
      autocomplete="off"
      error={wrongRule.includes(key) ? (key === "leastOnTime" ? t.depositWrong : t.numberWrong) : ""}
      value={rule[key]}
      onValue={(value) => setRule({ ...rule, [key]: value })}
    />
  );
  return (
    <BecauseDialog
      title={group ? t.edit : t.add}
      confirm={t.save}
      ready={ready}
      sends={[name, order, atLeast, atMost, deposit, days, limit, priceList, bonusCard, turnover, rule]}
      write={write}
      onDone={({ samePrecedence }) => {
        say(samePrecedence.length > 0 ? t.samePlace(format.list(samePrecedence)) : t.saved);
        onDone();
      }}
      onClose={onClose}
    >
      <TextField
        label={t.name}
        value={name}
        disabled={group !== undefined}
        autocomplete="off"
        onValue={setName}
      />
      <TextField
        label={t.order}
        hint={t.orderHint}
        error={placeWrong ? t.orderWrong : ""}
        inputMode="numeric"
        value={order}
        onValue={setOrder}
      />
      <SelectField
        label={t.atLeast}
        value={String(atLeast)}
        options={effects}
        onValue={(value) => setAtLeast(Number(value))}
      />
      <SelectField
        label={t.atMost}
        value={String(atMost)}
        options={effects}
        onValue={(value) => setAtMost(Number(value))}
      />
      <TextField
        label={t.deposit}
        optional
        error={depositWrong ? t.depositWrong : ""}
        inputMode="decimal"
        value={deposit}
        onValue={setDeposit}
      />
      <MoneyField label={t.creditLimit} optional error={limitFault} value={limit} onValue={setLimit} />
      <TextField
        label={t.creditDays}
        optional
        error={daysWrong ? t.daysWrong : ""}
        inputMode="numeric"
        value={days}
        onValue={setDays}
      />
      <TextField label={t.priceList} optional value={priceList} autocomplete="off" onValue={setPriceList} />
      <CheckField label={t.bonusCard} checked={bonusCard} onValue={setBonusCard} />
      <Fold title={t.rule} open={group?.rule !== undefined}>
        <div class="stack">
          <p class="muted small">{t.ruleHint}</p>
          {(Object.keys(rule) as (keyof typeof rule)[]).map(ruleField)}
          <MoneyField
            label={t.leastTurnover}
            optional
            error={turnoverFault}
            value={turnover}
            onValue={setTurnover}
          />
        </div>
      </Fold>
    </BecauseDialog>
  );
}
