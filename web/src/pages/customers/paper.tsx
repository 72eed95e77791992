// The report that a person gets, as it is shown and printed.
import type { ComponentChildren } from "preact";
import { useFormat } from "../../format/use_format";
import type { SubjectIncident, SubjectReport } from "../../gen/daftar/v1/subject_pb";
import { customersWords } from "../../i18n/customers";
import { incidentsWords } from "../../i18n/incidents";
import { nameWords } from "../../i18n/names";
import { proofWords } from "../../i18n/proof";
import { useWords } from "../../i18n/words";
import { useReasons } from "../incidents/reasons";
import { useWho } from "../incidents/words";
import { useGroupName } from "../../use_group_name";

export function Paper({ report }: { report: SubjectReport }) {
  const groupName = useGroupName();
  const words = useWords(customersWords);
  const t = words.paper;
  const names = useWords(nameWords);
  const incidents = useWords(incidentsWords);
  const { kinds } = useWords(proofWords);
  const format = useFormat();
  const reasons = useReasons();
  const money = (amount: { minor: bigint; currency: string } | undefined) => (amount ? format.money(amount) : "");
  const parts = (...all: (string | false | undefined)[]) => all.filter(Boolean).join(" · ");
  const named = (name: string, value: string) => value && `${name}: ${value}`;
  return (
    <div class="paper">
      <dl>
        <Line name={t.about} value={report.identifier} />
        <Line name={t.shop} value={parts(report.shop, report.origin)} />
        <Line name={t.circle} value={report.circle} />
        <Line name={t.purpose} value={report.purpose} />
        <Line name={t.made} value={format.time(report.madeAt)} />
      </dl>
      {report.answerWithinDays > 0 && <p>{t.answer(report.answerWithinDays)}</p>}
      {report.warning && <p>{t.warning}</p>}
      <Part title={t.customers} empty={t.nothing} more={false}>
        {report.customers.map((customer, at) => (
          <li key={at}>
            {parts(
              customer.name,
              named(t.others, format.list(customer.otherIdentifiers)),
              named(t.groups, format.list(customer.groups.map(groupName))),
              named(t.since, customer.addedAt && format.day(customer.addedAt)),
              named(t.trustedSince, customer.trustedSince && format.day(customer.trustedSince)),
              customer.trustedBecause,
            )}
          </li>
        ))}
      </Part>
      <Part title={t.orders} empty={t.nothing} more={report.moreOrders && t.more}>
        {report.orders.map((order) => (
          <li key={`${order.invoice} ${order.invoiced}`}>
            {parts(
              order.invoice,
              money(order.amount),
              named(words.invoiced, order.invoiced && format.day(order.invoiced)),
              named(words.due, order.due && format.day(order.due)),
              named(words.paid, order.paid && format.day(order.paid)),
              t.outcomes[order.outcome] ?? order.outcome,
            )}
          </li>
        ))}
      </Part>
      <Part title={t.incidents} empty={t.noIncidents} more={report.moreIncidents && t.more}>
        {report.incidents.map((incident) => (
          <li key={incident.id}>
            <OneIncident incident={incident} title={reasons.title(incident.reason)} />
          </li>
        ))}
      </Part>
      <Part title={t.decisions} empty={t.nothing} more={report.moreDecisions && t.more}>
        {report.decisions.map((decision) => (
          <li key={decision.receipt}>
            {parts(
              format.time(decision.at),
              names.effects[decision.overriddenTo || decision.effect],
              decision.overriddenTo !== 0 && words.decidedOtherwise,
              decision.because,
            )}
          </li>
        ))}
      </Part>
      <Part title={t.partners} empty={t.nothing} more={report.moreEntries && t.more}>
        {report.partners.map((partner) => (
          <li key={partner.origin}>
            <strong>{partner.name || partner.origin}</strong>
            {partner.entries.length === 0 ? (
              <div>{partner.error ? t.notAsked : t.nothing}</div>
            ) : (
              <ul>
                {partner.entries.map((entry) => (
                  <li key={String(entry.index)}>
                    {parts(
                      entry.reason && reasons.title(entry.reason),
                      t.statuses[entry.status] ?? entry.status,
                      money(entry.amount),
                      named(incidents.occurred, entry.occurred && format.day(entry.occurred)),
                      named(t.shared, entry.reportedAt && format.day(entry.reportedAt)),
                      named(t.keptUntil, entry.keptUntil && format.day(entry.keptUntil)),
                    )}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </Part>
      {report.passedOn.length > 0 && (
        <Part title={t.passedOn} empty="" more={report.morePassedOn && t.more}>
          {report.passedOn.map((relay) => (
            <li key={`${relay.partner} ${relay.logIndex}`}>
              {parts(relay.partner, format.day(relay.disputedOn), named(t.since, relay.passedOnAt && format.time(relay.passedOnAt)))}
            </li>
          ))}
        </Part>
      )}
      {report.askedProof.length > 0 && (
        <Part title={t.askedProof} empty="" more={report.moreAskedProof && t.more}>
          {report.askedProof.map((asked) => (
            <li key={`${asked.partner} ${asked.logIndex}`}>
              {parts(
                asked.partner,
                format.time(asked.askedAt),
                format.list(asked.kinds.map((kind) => kinds[kind] ?? kind)),
                named(t.keptUntil, asked.keptUntil && format.day(asked.keptUntil)),
              )}
            </li>
          ))}
        </Part>
      )}
    </div>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Part({
  title,
  empty,
  more,
  children,
}: {
  title: string;
  empty: string;
  more: string | false;
  children: ComponentChildren[];
}) {
  return (
    <section>
      <h3>{title}</h3>
      {children.length === 0 ? <p>{empty}</p> : <ul class="paper-list">{children}</ul>}
      {more && <p class="small muted">{more}</p>}
    </section>
  );
}

function OneIncident({ incident, title }: { incident: SubjectIncident; title: string }) {
  const t = useWords(customersWords).paper;
  const words = useWords(incidentsWords);
  const { kinds } = useWords(proofWords);
  const names = useWords(nameWords);
  const format = useFormat();
  const who = useWho();
  const day = (on: string) => (on ? format.day(on) : "");
  return (
    <>
      <strong>
        {title} ({names.incidents[incident.state] ?? incident.state})
      </strong>
      {incident.erased && <p>{t.erased}</p>}
      <dl>
        <Line name={words.amount} value={incident.amount ? format.money(incident.amount) : ""} />
        <Line name={words.occurred} value={day(incident.occurred)} />
        <Line name={words.due} value={day(incident.due)} />
        <Line name={words.reminders} value={format.list(incident.reminders.map(format.day))} />
        <Line name={words.toldOn} value={day(incident.toldOn)} />
        <Line name={t.filed} value={format.time(incident.filedAt)} />
        <Line name={t.shared} value={incident.sharedSince ? format.time(incident.sharedSince) : t.notShared} />
        <Line name={t.keptUntil} value={day(incident.keptUntil)} />
        <Line name={words.note} value={incident.note} />
        <Line
          name={words.forBuyer}
          value={format.list(incident.mitigations.map((name) => words.mitigations[name] ?? name))}
        />
        <Line name={t.code} value={incident.noticeCode} />
        <Line name={words.disputedSince} value={day(incident.disputedOn)} />
        <Line name={words.proofs} value={format.list(incident.proofs.map(({ kind }) => kinds[kind] ?? kind))} />
        <Line
          name={t.handedOut}
          value={format.list(incident.handedOut.map(({ partner, disclosedAt }) => `${partner} (${day(disclosedAt)})`))}
        />
      </dl>
      <ul class="paper-list">
        {incident.changes.map((change, at) => (
          <li key={at}>
            {format.time(change.at)} · {words.events[change.action] ?? change.action}
            {change.byNode && ` (${who("node")})`}
            {change.throughPartner && ` (${who("partner")})`}
            {change.because && ` · ${change.because}`}
            {change.copies.length > 0 &&
              ` · ${words.arrivals(change.copies.filter(({ appliedAt }) => appliedAt).length, change.copies.length)}`}
          </li>
        ))}
      </ul>
      {incident.moreChanges && <p class="small muted">{t.more}</p>}
    </>
  );
}
