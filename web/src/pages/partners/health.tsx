// How well a partner is heard, in words and marks.
import { useFormat } from "../../format/use_format";
import type { Partner } from "../../gen/daftar/v1/node_pb";
import { partnersWords } from "../../i18n/partners";
import { useWords } from "../../i18n/words";
import { IconCheck, IconClock, IconOffline, IconWarning } from "../../ui/icons";
import { Badge } from "../../ui/marks";

const FRESH_S = 3_600n;
const RECENT_S = 86_400n;

export const isConnected = (partner: Partner) => partner.connection === "connected";

export function Freshness({ partner }: { partner: Partner }) {
  const t = useWords(partnersWords);
  const age = partner.headAgeS;
  if (age === undefined) {
    return (
      <Badge tone="bad" icon={IconOffline}>
        {t.freshNone}
      </Badge>
    );
  }
  if (age <= FRESH_S) {
    return (
      <Badge tone="good" icon={IconCheck}>
        {t.freshNow}
      </Badge>
    );
  }
  return (
    <Badge tone={age <= RECENT_S ? "amber" : "bad"} icon={IconClock}>
      {age <= RECENT_S ? t.freshDay : t.freshOld}
    </Badge>
  );
}

export function useHeard() {
  const t = useWords(partnersWords);
  const format = useFormat();
  return (partner: Partner) =>
    partner.headAgeS === undefined ? t.heardNever : t.heard(format.span(-Number(partner.headAgeS)));
}

export function Connection({ partner }: { partner: Partner }) {
  const t = useWords(partnersWords);
  return isConnected(partner) ? (
    <Badge tone="good" icon={IconCheck}>
      {t.connected}
    </Badge>
  ) : (
    <Badge tone="amber" icon={IconOffline}>
      {t.notConnected}
    </Badge>
  );
}

// What is out of the ordinary; nothing when all is well.
export function Marks({ partner }: { partner: Partner }) {
  const t = useWords(partnersWords);
  const marks: string[] = [];
  if (partner.forked) marks.push(t.forked);
  if (partner.quarantinedSince) marks.push(t.quarantined);
  if (partner.adoptedOrigin) marks.push(t.newLog);
  if (marks.length === 0 && partner.trouble) marks.push(t.troubled);
  return (
    <>
      {partner.state !== "active" && <Badge>{t.states[partner.state] ?? partner.state}</Badge>}
      {marks.map((mark) => (
        <Badge key={mark} tone="bad" icon={IconWarning}>
          {mark}
        </Badge>
      ))}
      {!partner.sameCharter && partner.state !== "removed" && <Badge tone="amber">{t.otherCharter}</Badge>}
    </>
  );
}

export function useHolds() {
  const t = useWords(partnersWords);
  const format = useFormat();
  return (partner: Partner) => {
    if (!partner.holdsSince) return t.holdsNone;
    return partner.holds >= partner.ownLogSize
      ? t.holdsAll(format.number(partner.ownLogSize))
      : t.holdsSome(format.number(partner.holds), format.number(partner.ownLogSize));
  };
}

// What it has asked here today, of what it may.
export function Quota({ partner }: { partner: Partner }) {
  const t = useWords(partnersWords);
  const format = useFormat();
  const used = t.quotaOf(format.number(partner.quotaUsed), format.number(partner.quotaLimit));
  return (
    <div class="quota">
      <span class="quota-name">{t.quota}</span>
      <span class="number">{used}</span>
      <meter
        aria-label={t.quota}
        aria-valuetext={used}
        min={0}
        max={Math.max(1, Number(partner.quotaLimit))}
        value={Number(partner.quotaUsed)}
      />
    </div>
  );
}
