// What was asked of a partner: what became of it, and the files that came.
import "./log.css";
import { useState } from "preact/hooks";
import { disclosure } from "../../api";
import { useFormat } from "../../format/use_format";
import type { AskedProof, PartnerProof } from "../../gen/daftar/v1/disclosure_pb";
import { logWords } from "../../i18n/log";
import { proofWords } from "../../i18n/proof";
import { useWords } from "../../i18n/words";
import { proofName } from "../../proof_file";
import { MANAGERS, MANAGERS_AND_AUDITORS } from "../../roles";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { IconDownload, IconFile } from "../../ui/icons";
import { Failure } from "../../ui/layout";
import { Badge, Progress, Time } from "../../ui/marks";
import { say } from "../../ui/toast";
import { useProofSaving } from "../../use_proof_saving";

function Files({ asked }: { asked: AskedProof }) {
  const words = useWords(proofWords);
  const format = useFormat();
  const { saving, error, save } = useProofSaving();
  const onSave = (file: PartnerProof) =>
    save(file, proofName(file, `${asked.partner}-${asked.logIndex}`), (options) =>
      disclosure.getPartnerProof({ id: asked.id, number: file.number }, options),
    );
  return (
    <>
      <ul class="asked-files">
        {asked.files.map((file) => {
          const kind = words.kinds[file.kind] ?? file.kind;
          return (
            <li key={file.number}>
              <IconFile />
              <span>
                <strong>{kind}</strong>{" "}
                <span class="small muted">
                  {format.size(file.bytes)} · {words.mediaTypes[file.mediaType] ?? file.mediaType}
                </span>
              </span>
              <Button
                kind="quiet"
                icon={IconDownload}
                label={words.downloadOf(`${kind} ${file.number}`)}
                busy={saving?.number === file.number}
                disabled={saving !== undefined && saving.number !== file.number}
                onClick={() => void onSave(file)}
              />
            </li>
          );
        })}
      </ul>
      {saving && <Progress label={words.downloading} value={saving.share} max={1} />}
      <Failure error={error} />
    </>
  );
}

export function Asked({ asked, onDone }: { asked: AskedProof; onDone: () => void }) {
  const t = useWords(logWords);
  const format = useFormat();
  const may = useMay(MANAGERS);
  const reads = useMay(MANAGERS_AND_AUDITORS);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const fetchNow = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await disclosure.fetchAskedProof({ id: asked.id });
      say(t.fetchedNow);
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li>
      <div class="row row-between">
        <strong>{asked.partner}</strong>
        <Badge tone={asked.state === "fetched" ? "good" : "plain"}>{t.askedStates[asked.state] ?? asked.state}</Badge>
      </div>
      <p>{asked.because}</p>
      <p class="muted small">
        {t.asked} <Time at={asked.askedAt} />
        {asked.keptUntil && `. ${t.keptUntil(format.day(asked.keptUntil))}`}
        {asked.state === "fetched" &&
          `. ${t.files(format.number(asked.files.length), format.number(asked.withheld))}`}
      </p>
      {reads && asked.files.length > 0 && <Files asked={asked} />}
      <Failure error={error} />
      {may && (asked.state === "waiting" || asked.state === "asking") && (
        <div class="row">
          <Button busy={busy} onClick={fetchNow}>
            {t.askNow}
          </Button>
        </div>
      )}
    </li>
  );
}
