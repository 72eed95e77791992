// How the node does: what is wrong and what to do, and what to think of.
import { node } from "../../api";
import { useFormat } from "../../format/use_format";
import { overviewWords } from "../../i18n/overview";
import { useWords } from "../../i18n/words";
import { Card, Facts, Failure, Note } from "../../ui/layout";
import { useAsk } from "../../use_ask";

export function NodeCard() {
  const t = useWords(overviewWords);
  const format = useFormat();
  const asked = useAsk((signal) => node.getStatus({}, { signal }), []);
  const status = asked.value;
  if (!status) return <Failure error={asked.error} again={asked.again} />;
  const well = status.signing && status.problems.length === 0;
  return (
    <Card title={t.node}>
      {well && <Note tone="good">{t.allWell}</Note>}
      {!status.signing && <Note tone="bad">{t.notSigning}</Note>}
      {status.problems.length > 0 && (
        <div class="stack stack-small">
          <h3>{t.toDo}</h3>
          {status.problems.map((problem) => (
            <Note key={problem} tone="amber">
              {problem}
            </Note>
          ))}
        </div>
      )}
      {status.notices.length > 0 && (
        <div class="stack stack-small">
          <h3>{t.toKnow}</h3>
          {status.notices.map((notice) => (
            <Note key={notice}>{notice}</Note>
          ))}
        </div>
      )}
      <Facts
        facts={[
          {
            name: t.partners,
            value: t.partnersOf(format.number(status.partnersFresh), format.number(status.partnersActive)),
          },
          { name: t.records, value: format.number(status.logSize) },
          { name: t.decisions, value: format.number(status.decisions) },
          { name: t.waiting, value: status.queued > 0n ? format.number(status.queued) : "" },
          { name: t.since, value: format.time(status.startedAt) },
          { name: t.version, value: status.version },
        ]}
      />
    </Card>
  );
}
