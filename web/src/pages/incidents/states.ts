// What the states of an incident mean for the pages.
import type { Incident } from "../../gen/daftar/v1/shop_pb";
import {
  type Icon,
  IconAccept,
  IconCheck,
  IconClock,
  IconEdit,
  IconHold,
  IconMinus,
  IconShare,
  IconTrash,
  IconWarning,
} from "../../ui/icons";
import type { Tone } from "../../ui/marks";

export const QUEUES = ["draft", "ready", "held", "published", "disputed", "closed"] as const;
export type Queue = (typeof QUEUES)[number];

export const STATES: Record<Queue, readonly string[]> = {
  draft: ["draft"],
  ready: ["ready"],
  held: ["held", "approved"],
  published: ["published", "corrected"],
  disputed: ["disputed"],
  closed: ["settled", "withdrawn", "expired", "erased"],
};

export const STATE_LOOKS: Record<string, { tone: Tone; icon: Icon }> = {
  draft: { tone: "plain", icon: IconEdit },
  ready: { tone: "blue", icon: IconClock },
  approved: { tone: "blue", icon: IconCheck },
  held: { tone: "amber", icon: IconHold },
  published: { tone: "violet", icon: IconShare },
  corrected: { tone: "violet", icon: IconEdit },
  disputed: { tone: "bad", icon: IconWarning },
  settled: { tone: "good", icon: IconAccept },
  withdrawn: { tone: "plain", icon: IconMinus },
  expired: { tone: "plain", icon: IconClock },
  erased: { tone: "plain", icon: IconTrash },
};

export const isOver = (incident: Incident) => ["withdrawn", "expired", "erased"].includes(incident.state);

// Nothing of what it said is left.
export const isGone = (incident: Incident) => incident.state === "erased" || incident.state === "expired";

// Partners have it, or had it.
export const wasShared = (incident: Incident) => incident.logIndex !== undefined;

// Partners have something of it, or soon will: a change may wait for its time or for a partner.
export const isOnItsWay = (incident: Incident) => incident.state === "approved" || wasShared(incident);

// Up to when proof may be added and removed, and reminders noted.
export const isOpen = (incident: Incident) => incident.state === "draft" || incident.state === "ready";

// Of draft, approval, hold, partners, over.
export function stepOf(incident: Incident): number {
  if (STATES.closed.includes(incident.state)) return 4;
  if (wasShared(incident) || STATES.published.includes(incident.state)) return 3;
  if (STATES.held.includes(incident.state)) return 2;
  if (incident.state === "ready" || incident.state === "disputed") return 1;
  return 0;
}

// Whether `user` filed it or changed what it says: such a one cannot approve it.
export function changedBy(incident: Incident, user: string): boolean {
  const actor = `user:${user}`;
  return (
    incident.addedBy === actor ||
    incident.history.some(({ by, what }) => by === actor && ["added", "reminded", "corrected"].includes(what))
  );
}
