// Small parts of the incident pages: what the node names, in words.
import { useFormat } from "../../format/use_format";
import type { Incident } from "../../gen/daftar/v1/shop_pb";
import { incidentsWords } from "../../i18n/incidents";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { Badge } from "../../ui/marks";
import { STATE_LOOKS } from "./states";

export function StateBadge({ state }: { state: string }) {
  const names = useWords(nameWords);
  const look = STATE_LOOKS[state] ?? { tone: "plain" as const, icon: undefined };
  return (
    <Badge tone={look.tone} icon={look.icon}>
      {names.incidents[state] ?? state}
    </Badge>
  );
}

// "user:sari" is Sari; the node and partners have names of their own.
export function useWho() {
  const t = useWords(incidentsWords);
  return (actor: string): string => {
    if (actor === "node") return t.node;
    if (actor === "partner") return t.partner;
    return actor.replace(/^(user|partner):/, "");
  };
}

// What the node does by itself, or whom it waits for; empty when for nobody.
export function useNext() {
  const t = useWords(incidentsWords);
  const format = useFormat();
  return (incident: Incident): string => {
    if (incident.nextAction && incident.nextAt) {
      const say = t.nextWords[incident.nextAction];
      if (say) return say(format.age(incident.nextAt), format.day(incident.nextAt));
    }
    if (incident.state === "held" && !incident.noticedAt) return t.noNotice;
    if (incident.state === "approved") return t.goesSoon;
    if (incident.state === "ready") return t.waitsApproval;
    return incident.state === "draft" && incident.missing.length > 0 ? t.missingCount(incident.missing.length) : "";
  };
}
