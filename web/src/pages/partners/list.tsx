import { useEffect, useState } from "preact/hooks";
import { node } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Partner } from "../../gen/daftar/v1/node_pb";
import { partnersWords } from "../../i18n/partners";
import { useWords } from "../../i18n/words";
import { OPERATORS } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { Button, LinkButton } from "../../ui/button";
import { Fold } from "../../ui/fold";
import { IconLink, IconPartners, IconPlus } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading, Note, Page, PageHeader } from "../../ui/layout";
import { useAsk } from "../../use_ask";
import { FRESH_MS, useFollowPage } from "../../use_follow_page";
import { Connection, Freshness, Marks, Quota, isConnected, useHeard, useHolds } from "./health";
import { Invite, Join } from "./pairing";

function PartnerCard({ partner }: { partner: Partner }) {
  const t = useWords(partnersWords);
  const format = useFormat();
  const heard = useHeard();
  const holds = useHolds();
  const removed = partner.state === "removed";
  return (
    <section class="card partner">
      <div class="stack stack-small">
        <h2>
          <a href={href("partners", partner.origin)}>{partner.name || partner.origin}</a>
        </h2>
        <div class="row partner-marks">
          {!removed && <Freshness partner={partner} />}
          {!removed && <Connection partner={partner} />}
          <Marks partner={partner} />
        </div>
        <p class="muted small">{heard(partner)}</p>
      </div>
      {!removed && !isConnected(partner) && <p class="small">{t.notChecked}</p>}
      {partner.trouble && (
        <Note tone="amber">
          <strong>{t.troubleTitle}</strong>
          <div lang="en">{partner.trouble}</div>
        </Note>
      )}
      <dl class="partner-facts">
        <div>
          <dt>{t.holds}</dt>
          <dd>{holds(partner)}</dd>
        </div>
        <div>
          <dt>{t.theirs}</dt>
          <dd>{format.number(partner.reports)}</dd>
        </div>
      </dl>
      {!removed && <Quota partner={partner} />}
    </section>
  );
}

// After a code was made or entered a new shop is looked for as often, and for as long.
const SOON_MS = 3_000;
const SOON_FOR_MS = 15 * 60_000;

export function List() {
  const t = useWords(partnersWords);
  const format = useFormat();
  const may = useMay(OPERATORS);
  const [open, setOpen] = useState<"invite" | "join">();
  const asked = useAsk((signal) => node.listPartners({}, { signal }), []);
  const [soon, setSoon] = useState(0);
  useFollowPage(asked, soon > 0 ? SOON_MS : FRESH_MS);
  useEffect(() => {
    if (soon === 0) return;
    const timer = setTimeout(() => setSoon(0), SOON_FOR_MS);
    return () => clearTimeout(timer);
  }, [soon]);
  const lookSoon = () => setSoon((before) => before + 1);
  const partners = asked.value?.partners ?? [];
  const current = partners.filter((partner) => partner.state !== "removed");
  const removed = partners.filter((partner) => partner.state === "removed");
  const buttons = may && (
    <>
      <Button icon={IconLink} onClick={() => setOpen("join")}>
        {t.join}
      </Button>
      <Button kind="primary" icon={IconPlus} onClick={() => setOpen("invite")}>
        {t.invite}
      </Button>
    </>
  );
  return (
    <Page>
      <PageHeader
        title={t.title}
        intro={t.intro}
        actions={
          <>
            <LinkButton kind="quiet" href={href("charter")}>
              {t.charterLink}
            </LinkButton>
            {current.length > 0 && buttons}
          </>
        }
      />
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value && current.length === 0 && (
        <Card>
          <EmptyState icon={IconPartners} title={t.none} action={may && <div class="row">{buttons}</div>}>
            {t.noneHint}
            {!may && ` ${t.noneRead}`}
          </EmptyState>
        </Card>
      )}
      {current.length > 0 && (
        <div class="partners">
          {current.map((partner) => (
            <PartnerCard key={partner.origin} partner={partner} />
          ))}
        </div>
      )}
      {removed.length > 0 && (
        <Fold title={t.removedShops(format.number(removed.length))}>
          <div class="partners">
            {removed.map((partner) => (
              <PartnerCard key={partner.origin} partner={partner} />
            ))}
          </div>
        </Fold>
      )}
      {open === "invite" && <Invite onMade={lookSoon} onClose={() => setOpen(undefined)} />}
      {open === "join" && (
        <Join
          onClose={() => {
            setOpen(undefined);
            lookSoon();
            asked.again();
          }}
        />
      )}
    </Page>
  );
}
