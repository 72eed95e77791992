// The proof of an incident: what there is, saving one, removing one, and adding more.
import { useState } from "preact/hooks";
import { shop } from "../../api";
import type { Incident, Proof } from "../../gen/daftar/v1/shop_pb";
import { incidentsWords } from "../../i18n/incidents";
import { useWords } from "../../i18n/words";
import { download } from "../../print";
import { COUNTER, MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { IconDownload, IconFile, IconTrash } from "../../ui/icons";
import { Card, Failure } from "../../ui/layout";
import { Age, Progress } from "../../ui/marks";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";
import { FilePicker, type PickedFile, useUploads } from "./files";
import { isOpen } from "./states";
import { useSize } from "./words";

const ENDINGS: Record<string, string> = {
  "application/pdf": "pdf",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "message/rfc822": "eml",
  "text/plain": "txt",
};

// As a file of its own, never shown in the page: what a stranger sent is opened by the device's own
// program, if at all.
async function save(incident: string, proof: Proof, onShare: (share: number) => void) {
  const chunks: BlobPart[] = [];
  let have = 0;
  for await (const { part } of shop.getProof({ incident, number: proof.number }, { timeoutMs: 600_000 })) {
    if (part.case !== "chunk") continue;
    chunks.push(new Uint8Array(part.value));
    have += part.value.length;
    onShare(have / Math.max(1, Number(proof.bytes)));
  }
  const name = proof.name || `${proof.kind}-${proof.number}.${ENDINGS[proof.mediaType] ?? "bin"}`;
  download(name, new Blob(chunks, { type: "application/octet-stream" }));
}

export function Proofs({ incident, onChange }: { incident: Incident; onChange: () => void }) {
  const t = useWords(incidentsWords);
  const size = useSize();
  const mayAdd = useMay(COUNTER) && isOpen(incident);
  const mayRemove = useMay(MANAGERS) && isOpen(incident);
  const [saving, setSaving] = useState<{ number: number; share: number }>();
  const [error, setError] = useState<unknown>();
  const [removing, setRemoving] = useState<Proof>();
  const [files, setFiles] = useState<PickedFile[]>([]);
  const uploads = useUploads(files, setFiles);
  const remove = useWrite((requestId, input: { number: number; because: string }) =>
    shop.removeProof({ requestId, incident: incident.id, ...input }),
  );
  const kind = (proof: Proof) => t.kinds[proof.kind] ?? proof.kind;
  const called = (proof: Proof) => proof.name || kind(proof);

  const onSave = async (proof: Proof) => {
    setError(undefined);
    setSaving({ number: proof.number, share: 0 });
    try {
      await save(incident.id, proof, (share) => setSaving({ number: proof.number, share }));
      say(t.downloaded);
    } catch (failure) {
      setError(failure);
    } finally {
      setSaving(undefined);
    }
  };
  return (
    <Card title={t.proofs}>
      <div class="stack">
        <p class="small muted">{t.proofsHint}</p>
        {incident.proofs.length === 0 ? (
          <p>
            <strong>{t.noProofs}.</strong> {mayAdd && t.noProofsHint}
          </p>
        ) : (
          <ul class="proofs">
            {incident.proofs.map((proof) => (
              <li key={proof.number}>
                <IconFile />
                <span class="proof-name">
                  <strong>{kind(proof)}</strong>
                  {proof.name && <span class="breaks"> {proof.name}</span>}
                  <span class="small muted proof-about">
                    {size(Number(proof.bytes))} · {t.mediaTypes[proof.mediaType] ?? proof.mediaType} ·{" "}
                    <Age at={proof.addedAt} />
                  </span>
                </span>
                <span class="proof-actions">
                  <Button
                    kind="quiet"
                    icon={IconDownload}
                    label={t.downloadOf(called(proof))}
                    busy={saving?.number === proof.number}
                    onClick={() => void onSave(proof)}
                  />
                  {mayRemove && (
                    <Button
                      kind="quiet"
                      icon={IconTrash}
                      label={t.removeOf(called(proof))}
                      onClick={() => setRemoving(proof)}
                    />
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
        {saving && <Progress label={t.downloading} value={saving.share} max={1} />}
        <Failure error={error} />
        {mayAdd && (
          <>
            <FilePicker files={files} onFiles={setFiles} already={incident.proofs.length} />
            {files.length > 0 && (
              <div class="row">
                <Button
                  kind="primary"
                  busy={uploads.busy}
                  onClick={async () => {
                    const all = await uploads.send(incident.id);
                    if (all) setFiles([]);
                    onChange();
                  }}
                >
                  {t.addProof}
                </Button>
              </div>
            )}
          </>
        )}
      </div>
      {removing && (
        <Confirm
          title={t.removeOf(called(removing))}
          action={t.removeProof}
          danger
          because={{ label: t.because, hint: t.becauseHint, missing: t.becauseMissing }}
          busy={remove.busy}
          error={remove.error}
          onClose={() => {
            remove.clear();
            setRemoving(undefined);
          }}
          onConfirm={async (because) => {
            if (!(await remove.run({ number: removing.number, because }))) return;
            setRemoving(undefined);
            say(t.removed);
            onChange();
          }}
        >
          <p>{t.removeProofAsk(called(removing))}</p>
        </Confirm>
      )}
    </Card>
  );
}
