// One incident: where it stands, what it says, its proof, and what can be done with it.
import { shop } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Incident } from "../../gen/daftar/v1/shop_pb";
import { incidentsWords } from "../../i18n/incidents";
import { useLanguage } from "../../i18n/language";
import { useWords } from "../../i18n/words";
import { COUNTER } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { useOpens } from "../../use_opens";
import { Card, Facts, Failure, Loading, Note, Page, PageHeader } from "../../ui/layout";
import { Day, MoneyText, Time } from "../../ui/marks";
import { useAsk } from "../../use_ask";
import { Actions } from "./actions";
import { useFollow } from "./follow";
import { History, ProofRequests } from "./history";
import { MissingList } from "./preview";
import { Proofs } from "./proofs";
import { useReasons } from "./reasons";
import { isGone, isOpen } from "./states";
import { Stepper } from "./stepper";
import { StateBadge, useNext, useWho } from "./words";

export function OneIncident({ id }: { id: string }) {
  const t = useWords(incidentsWords);
  const reasons = useReasons();
  const format = useFormat();
  const who = useWho();
  const asked = useAsk(async (signal) => (await shop.getIncident({ id }, { signal })).incident, [id]);
  const incident = asked.value;
  useFollow(incident, asked.again);
  const back = { href: href("incidents"), label: t.back };
  if (!incident) {
    return (
      <Page>
        <PageHeader title={t.title} back={back} />
        <Failure error={asked.error} again={asked.again} />
        {asked.loading && <Loading />}
      </Page>
    );
  }
  const reason = reasons.find(incident.reason);
  const local = reason !== undefined && !(reason.shareable && reason.sharedHere) && incident.logIndex === undefined;
  return (
    <Page>
      <PageHeader
        title={reasons.title(incident.reason)}
        intro={t.filedBy(format.age(incident.addedAt), who(incident.addedBy))}
        back={back}
      />
      <Failure error={asked.error} again={asked.again} />
      <Where incident={incident} local={local} />
      <div class="incident-columns">
        <div class="incident-do">
          <Actions
            incident={incident}
            second={reasons.secondPerson}
            holds={reason === undefined || reason.holdDays > 0}
            local={local}
            onChange={asked.again}
          />
        </div>
        <div class="incident-says stack stack-large">
          {!isGone(incident) && <Says incident={incident} />}
          {!local && isOpen(incident) && <Missing incident={incident} />}
          {!isGone(incident) && <Proofs incident={incident} onChange={asked.again} />}
          <ProofRequests incident={incident} onChange={asked.again} />
        </div>
        <div class="incident-since">
          <History incident={incident} />
        </div>
      </div>
    </Page>
  );
}

function Where({ incident, local }: { incident: Incident; local: boolean }) {
  const t = useWords(incidentsWords);
  const format = useFormat();
  const next = useNext();
  const disputed = incident.state === "disputed";
  // Said by a note below.
  const noted = disputed || (incident.state === "held" && !incident.noticedAt);
  const sentence = noted ? "" : next(incident);
  return (
    <Card>
      <Stepper incident={incident} local={local} />
      <div class="row">
        <StateBadge state={incident.state} />
        {incident.state === "held" && incident.heldUntil ? (
          <span>{t.heldUntil(format.age(incident.heldUntil), format.time(incident.heldUntil))}</span>
        ) : (
          !local && sentence && <span>{sentence}</span>
        )}
      </div>
      {local && <Note>{t.local}</Note>}
      {incident.state === "held" && !incident.noticedAt && <Note tone="amber">{t.holdNotBegun}</Note>}
      {disputed && (
        <Note tone={incident.flagged ? "bad" : "amber"}>
          <p>
            {t.disputedBy[incident.disputedBy] ?? ""} {t.disputedSince} {format.day(incident.disputedOn)} (
            {format.age(incident.disputedOn)}).
          </p>
          {incident.nextAt && <p>{t.answerBy(format.age(incident.nextAt), format.day(incident.nextAt))}.</p>}
          {incident.flagged && <p>{t.flagged}</p>}
        </Note>
      )}
      {incident.orderPaid && <Note tone="good">{t.paidInBook}</Note>}
      {isGone(incident) && <Note>{t.gone}</Note>}
    </Card>
  );
}

function Says({ incident }: { incident: Incident }) {
  const t = useWords(incidentsWords);
  const who = useWho();
  const format = useFormat();
  const opensCustomers = useOpens("customers");
  const day = (on: string) => on && <Day on={on} />;
  return (
    <Card title={t.facts}>
      <Facts
        facts={[
          { name: t.identifiers, value: incident.identifiers.join(", ") },
          {
            name: t.customer,
            value: incident.customer && opensCustomers && (
              <a href={href("customers", incident.customer)}>{t.openCustomer}</a>
            ),
          },
          { name: t.amount, value: incident.amount && <MoneyText money={incident.amount} /> },
          { name: t.occurred, value: day(incident.occurred) },
          { name: t.due, value: day(incident.due) },
          { name: t.reminders, value: format.list(incident.reminders.map(format.day)) },
          { name: t.toldOn, value: day(incident.toldOn) || t.notTold },
          { name: t.orderPaid, value: day(incident.orderPaid) },
          { name: t.approvedBy, value: incident.approvedBy && who(incident.approvedBy) },
          { name: t.noticedAt, value: incident.noticedAt && <Time at={incident.noticedAt} /> },
          { name: t.noticeCode, value: incident.noticeCode && <span class="mono">{incident.noticeCode}</span> },
          {
            name: t.forBuyer,
            value: format.list(incident.mitigations.map((name) => t.mitigations[name] ?? name)),
          },
          { name: t.note, value: incident.note },
        ]}
      />
    </Card>
  );
}

// In the language of whoever looks, where the role may ask for that.
function Missing({ incident }: { incident: Incident }) {
  const t = useWords(incidentsWords);
  const language = useLanguage();
  const mayPreview = useMay(COUNTER);
  const asked = useAsk(
    async (signal) =>
      mayPreview ? (await shop.previewIncident({ id: incident.id, language }, { signal })).missing : incident.missing,
    [incident, language, mayPreview],
  );
  return (
    <Card title={t.missing}>
      <Failure error={asked.error} again={asked.again} />
      {asked.value ? <MissingList missing={asked.value} done={t.nothingMissing} /> : asked.loading && <Loading />}
    </Card>
  );
}
