import { useState } from "preact/hooks";
import { isoDay } from "../../format/date";
import { useFormat } from "../../format/use_format";
import { incidentsWords } from "../../i18n/incidents";
import { useWords } from "../../i18n/words";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { IconClose, IconPlus } from "../../ui/icons";

export const MAX_REMINDERS = 8;

// Days of the past, the earliest first.
export function DaysField({
  label,
  hint,
  days,
  onDays,
}: {
  label: string;
  hint?: string;
  days: readonly string[];
  onDays: (days: string[]) => void;
}) {
  const t = useWords(incidentsWords);
  const format = useFormat();
  const [typed, setTyped] = useState("");
  const today = isoDay(new Date());
  const add = () => {
    // A year that is typed passes through small numbers.
    if (typed < "2000" || typed > today || days.includes(typed) || days.length >= MAX_REMINDERS) return;
    onDays([...days, typed].sort());
    setTyped("");
  };
  return (
    <div class="stack stack-small">
      <div class="days-row">
        <TextField label={label} hint={hint} type="date" max={today} value={typed} onValue={setTyped} onBlur={add} />
        <Button icon={IconPlus} disabled={!typed || days.length >= MAX_REMINDERS} onClick={add}>
          {t.addDay}
        </Button>
      </div>
      {days.length > 0 && (
        <ul class="row" aria-label={label}>
          {days.map((day) => (
            <li key={day} class="day-chip">
              {format.day(day)}
              <Button
                kind="quiet"
                icon={IconClose}
                label={t.removeDay(format.day(day))}
                onClick={() => onDays(days.filter((each) => each !== day))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
