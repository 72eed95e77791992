import type { Incident } from "../../gen/daftar/v1/shop_pb";
import { incidentsWords } from "../../i18n/incidents";
import { useWords } from "../../i18n/words";
import { IconCheck } from "../../ui/icons";
import { isOver, stepOf } from "./states";

// How far an incident is on its way; `local` ones have a way of two steps.
export function Stepper({ incident, local }: { incident: Incident; local: boolean }) {
  const t = useWords(incidentsWords);
  const steps = local ? t.localSteps : t.steps;
  const current = local ? (isOver(incident) || incident.state === "settled" ? 1 : 0) : stepOf(incident);
  const allDone = current === steps.length - 1;
  return (
    <ol class="stepper" aria-label={t.path}>
      {steps.map((step, at) => {
        const done = at < current || (at === current && allDone);
        const now = at === current;
        return (
          <li
            key={step}
            class={["step", done && "step-done", now && "step-now"].filter(Boolean).join(" ")}
            aria-current={now ? "step" : undefined}
          >
            <span class="step-mark" aria-hidden="true">
              {done ? <IconCheck size={16} /> : at + 1}
            </span>
            <span class="step-name">
              {step}
              <span class="visually-hidden"> ({now ? t.stepNow : done ? t.stepDone : t.stepLater})</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
