// How the node does: what is wrong and what to do, and what to think of.
import { node } from "../../api";
import { useFormat } from "../../format/use_format";
import { overviewWords } from "../../i18n/overview";
import { useWords } from "../../i18n/words";
import { href } from "../../router";
import { Fold } from "../../ui/fold";
import { Card, Facts, Failure, Note } from "../../ui/layout";
import { useAsk } from "../../use_ask";
import { FRESH_MS, useFollowPage } from "../../use_follow_page";
import { useOpens } from "../../use_opens";
import { noticeOf } from "./notices";
import { groupProblems, PROBLEM_PAGES, type Problem } from "./problems";

function InWords({ problem }: { problem: Problem }) {
  const t = useWords(overviewWords);
  const page = PROBLEM_PAGES[problem.kind] ?? "";
  const opens = useOpens(page);
  const words = t.problems[problem.kind];
  if (!words) return <span lang="en">{problem.sentences.join(" ")}</span>;
  return (
    <>
      <p>
        <strong>{words.what}</strong> {words.todo} {opens && <a href={href(page)}>{t.problemPage}</a>}
      </p>
      <Fold title={t.problemDetails}>
        <ul class="problem-details" lang="en">
          {problem.sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Fold>
    </>
  );
}

function NoticeInWords({ sentence }: { sentence: string }) {
  const t = useWords(overviewWords);
  const notice = noticeOf(sentence, t.notices);
  const [page = "", part] = notice?.at ?? [];
  const opens = useOpens(page);
  if (!notice) return <span lang="en">{sentence}</span>;
  return (
    <>
      <p>
        {notice.text} {opens && <a href={part ? href(page, part) : href(page)}>{t.problemPage}</a>}
      </p>
      <Fold title={t.problemDetails}>
        <span lang="en">{sentence}</span>
      </Fold>
    </>
  );
}

export function NodeCard() {
  const t = useWords(overviewWords);
  const format = useFormat();
  const asked = useAsk((signal) => node.getStatus({}, { signal }), []);
  useFollowPage(asked, FRESH_MS);
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
          {groupProblems(status.problems, status.problemKinds, (kind) => kind in t.problems).map((problem) => (
            <Note key={problem.kind + problem.sentences[0]} tone="amber">
              <InWords problem={problem} />
            </Note>
          ))}
        </div>
      )}
      {status.notices.length > 0 && (
        <div class="stack stack-small">
          <h3>{t.toKnow}</h3>
          {status.notices.map((notice) => (
            <Note key={notice}>
              <NoticeInWords sentence={notice} />
            </Note>
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
