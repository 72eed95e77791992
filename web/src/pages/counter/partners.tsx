import { useFormat } from "../../format/use_format";
import { type PartnerAnswer, PartnerState } from "../../gen/daftar/v1/shop_pb";
import { counterWords } from "../../i18n/counter";
import { useWords } from "../../i18n/words";
import { IconCheck, IconClock, IconOffline } from "../../ui/icons";
import { Card, Note } from "../../ui/layout";
import { Badge, type Tone } from "../../ui/marks";
import { usePartnerName } from "../../use_partner_name";
import { reachedOf } from "./reached";

type Partner = Pick<PartnerAnswer, "origin" | "state" | "headAgeS">;

const LOOKS: Record<PartnerState, { tone: Tone; icon: typeof IconCheck }> = {
  [PartnerState.UNSPECIFIED]: { tone: "plain", icon: IconClock },
  [PartnerState.ANSWERED]: { tone: "good", icon: IconCheck },
  [PartnerState.CACHED]: { tone: "good", icon: IconCheck },
  [PartnerState.STALE]: { tone: "amber", icon: IconClock },
  [PartnerState.NOT_CHECKED]: { tone: "bad", icon: IconOffline },
};

// How many answered and who was not reached. Staff see no names.
export function PartnersOf({ partners }: { partners: Partner[] }) {
  const t = useWords(counterWords);
  const format = useFormat();
  const nameOf = usePartnerName();
  const missing = partners.length - reachedOf(partners);
  return (
    <Card title={t.partnersTitle}>
      {partners.length === 0 && <p class="muted">{t.partnersNone}</p>}
      {partners.length > 0 && (
        <>
          <p>{missing === 0 ? t.partnersAll(partners.length) : t.partnersSome(partners.length - missing, partners.length)}</p>
          {missing > 0 && <Note tone="amber">{t.partnersMissing(missing)}</Note>}
          <ul class="fact-list">
            {partners.map((partner, at) => {
              const look = LOOKS[partner.state] ?? LOOKS[PartnerState.UNSPECIFIED];
              return (
                <li key={partner.origin || at}>
                  <div class="fact-head">
                    <span>{nameOf(partner.origin) || t.somePartner}</span>
                    <Badge tone={look.tone} icon={look.icon}>
                      {t.partnerStates[partner.state]}
                    </Badge>
                  </div>
                  {partner.headAgeS !== undefined && (
                    <div class="muted small">
                      {partner.origin
                        ? t.dataFrom(format.span(-Number(partner.headAgeS)))
                        : t.dataAtMost(format.length(Number(partner.headAgeS)))}
                    </div>
                  )}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </Card>
  );
}
