// What is still missing and what partners could read, while somebody fills the form in.
import { useEffect, useState } from "preact/hooks";
import { shop } from "../../api";
import { useFormat } from "../../format/use_format";
import { isAborted } from "../../errors";
import type { PreviewIncidentResponse, SharedFact } from "../../gen/daftar/v1/shop_pb";
import { filingWords } from "../../i18n/filing";
import { useLanguage } from "../../i18n/language";
import { useWords } from "../../i18n/words";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AddIncidentRequestSchema } from "../../gen/daftar/v1/shop_pb";
import { IconCheck, IconEdit } from "../../ui/icons";
import { Failure } from "../../ui/layout";
import { useMissing } from "../../use_missing";

const WAIT_MS = 400;

export type NewIncident = Omit<MessageInitShape<typeof AddIncidentRequestSchema>, "$typeName" | "$unknown" | "requestId">;

// `incident` undefined: not enough is known yet.
export function Preview({
  incident,
  proofs,
  holds,
  onMissing,
}: {
  incident: NewIncident | undefined;
  proofs: readonly string[];
  // The buyer has time to answer before partners are told.
  holds: boolean;
  onMissing: (missing: readonly string[]) => void;
}) {
  const t = useWords(filingWords);
  const format = useFormat();
  const language = useLanguage();
  const [answer, setAnswer] = useState<PreviewIncidentResponse>();
  const [error, setError] = useState<unknown>();
  const asked = incident && JSON.stringify([incident, proofs], (_, v) => (typeof v === "bigint" ? String(v) : v));
  useEffect(() => {
    setError(undefined);
    if (!incident) {
      setAnswer(undefined);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      shop.previewIncident({ incident, proofs: [...proofs], language }, { signal: stop.signal }).then(
        (next) => {
          if (stop.signal.aborted) return;
          setAnswer(next);
          onMissing(next.missing);
        },
        (failure: unknown) => {
          if (stop.signal.aborted || isAborted(failure)) return;
          setAnswer(undefined);
          setError(failure);
        },
      );
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, language]);
  return (
    <section class="card preview" aria-label={t.panel}>
      <Failure error={error} />
      {!answer && error === undefined && <p class="muted">{t.previewWaits}</p>}
      {answer && (
        <>
          <div class="stack stack-small" role="status">
            <h2>{t.missing}</h2>
            <MissingList missing={answer.local ? [] : answer.missing} done={answer.local ? t.localNeeds : t.nothingMissing} />
            {!answer.local && answer.missing.length > 0 && <p class="small muted">{t.missingHint}</p>}
          </div>
          <div class="stack stack-small">
            <h2>{t.readable}</h2>
            {answer.local || answer.shared.length === 0 ? (
              <p>{t.readNothing}</p>
            ) : (
              <>
                <SharedFacts facts={answer.shared} />
                <p class="small muted">{holds ? t.readableHint : t.readableHintNow}</p>
                {holds && answer.heldUntil && <p class="small">{t.heldUntil(format.day(answer.heldUntil))}</p>}
                {answer.expiresOn && <p class="small">{t.expires(format.day(answer.expiresOn))}</p>}
              </>
            )}
          </div>
        </>
      )}
    </section>
  );
}

export function SharedFacts({ facts }: { facts: readonly SharedFact[] }) {
  return (
    <dl class="shared">
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.title}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function MissingList({ missing, done }: { missing: readonly string[]; done: string }) {
  const say = useMissing();
  if (missing.length === 0) {
    return (
      <p class="missing-none">
        <IconCheck />
        <span>{done}</span>
      </p>
    );
  }
  return (
    <ul class="missing">
      {missing.map((sentence) => {
        const { text, known } = say(sentence);
        return (
          <li key={sentence}>
            <IconEdit size={18} />
            <span lang={known ? undefined : "en"}>{text}</span>
          </li>
        );
      })}
    </ul>
  );
}
