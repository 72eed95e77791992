// The proof of an incident: what there is, saving one, removing one, and adding more.
import { useState } from "preact/hooks";
import { shop } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Incident, Proof } from "../../gen/daftar/v1/shop_pb";
import { incidentsWords } from "../../i18n/incidents";
import { proofWords } from "../../i18n/proof";
import { useWords } from "../../i18n/words";
import { proofName } from "../../proof_file";
import { COUNTER, MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { IconDownload, IconFile, IconTrash } from "../../ui/icons";
import { Card, Failure } from "../../ui/layout";
import { Age, Progress } from "../../ui/marks";
import { say } from "../../ui/toast";
import { useProofSaving } from "../../use_proof_saving";
import { useWrite } from "../../use_write";
import { FilePicker, type PickedFile, useUploads } from "./files";
import { isOpen } from "./states";

export function Proofs({ incident, onChange }: { incident: Incident; onChange: () => void }) {
  const t = useWords(incidentsWords);
  const words = useWords(proofWords);
  const format = useFormat();
  const mayAdd = useMay(COUNTER) && isOpen(incident);
  const mayRemove = useMay(MANAGERS) && isOpen(incident);
  const { saving, error, save } = useProofSaving();
  const [removing, setRemoving] = useState<Proof>();
  const [files, setFiles] = useState<PickedFile[]>([]);
  const uploads = useUploads(files, setFiles);
  const remove = useWrite((requestId, input: { number: number; because: string }) =>
    shop.removeProof({ requestId, incident: incident.id, ...input }),
  );
  const kind = (proof: Proof) => words.kinds[proof.kind] ?? proof.kind;
  const called = (proof: Proof) => proof.name || kind(proof);

  const onSave = (proof: Proof) =>
    save(proof, proof.name || proofName(proof), (options) =>
      shop.getProof({ incident: incident.id, number: proof.number }, options),
    );
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
                    {format.size(proof.bytes)} · {words.mediaTypes[proof.mediaType] ?? proof.mediaType} ·{" "}
                    <Age at={proof.addedAt} />
                  </span>
                </span>
                <span class="proof-actions">
                  <Button
                    kind="quiet"
                    icon={IconDownload}
                    label={words.downloadOf(called(proof))}
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
        {saving && <Progress label={words.downloading} value={saving.share} max={1} />}
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
          because
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
