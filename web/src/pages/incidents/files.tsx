// Files that somebody chose or dropped, each with its kind, and sending them.
import { useId, useRef, useState } from "preact/hooks";
import { newRequestId } from "../../api";
import { explain } from "../../errors";
import { useFormat } from "../../format/use_format";
import { filingWords } from "../../i18n/filing";
import { incidentsWords } from "../../i18n/incidents";
import { proofWords } from "../../i18n/proof";
import { useWords, wordsNow } from "../../i18n/words";
import { addProof, MOST_PROOF_BYTES, MOST_PROOF_FILES, MOST_PROOF_NAME_BYTES } from "../../upload";
import { Button } from "../../ui/button";
import { IconCheck, IconFile, IconTrash, IconUpload, IconWarning } from "../../ui/icons";
import { say } from "../../ui/toast";

export const KINDS = [
  "invoice",
  "reminder",
  "order",
  "agreement",
  "delivery-note",
  "payment-record",
  "correspondence",
] as const;

export interface PickedFile {
  // Of the upload; kept while it is tried again.
  requestId: string;
  file: File;
  kind: string;
  // From 0 to 1, once it is being sent.
  share?: number;
  sent?: boolean;
  error?: string;
}

const GUESSES: [RegExp, string][] = [
  [/surat.?jalan|delivery|nota.?hantaran|\bDO\b/i, "delivery-note"],
  [/remind|ingat|tagih/i, "reminder"],
  [/bukti.?bayar|transfer|payment|receipt|resit/i, "payment-record"],
  [/perjanjian|agreement|contract|kontrak/i, "agreement"],
  [/pesan|order|\bPO\b/i, "order"],
  [/chat|whatsapp|\bWA\b|\.eml$|\.txt$/i, "correspondence"],
];

const guess = (name: string) => GUESSES.find(([pattern]) => pattern.test(name))?.[1] ?? "invoice";

// One line, and no longer than the node takes.
function nameOf(file: File): string {
  let name = file.name.replace(/[\u0000-\u001f\u007f]/g, " ").trim();
  while (new TextEncoder().encode(name).length > MOST_PROOF_NAME_BYTES) name = name.slice(1);
  return name;
}

export function FilePicker({
  files,
  onFiles,
  already,
}: {
  files: PickedFile[];
  onFiles: (files: PickedFile[]) => void;
  // So many the incident has.
  already: number;
}) {
  const t = useWords(filingWords);
  const words = useWords(incidentsWords);
  const { kinds } = useWords(proofWords);
  const format = useFormat();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string[]>([]);

  const add = (list: FileList | null | undefined) => {
    const wrong: string[] = [];
    const next = [...files];
    for (const file of list ?? []) {
      if (file.size === 0) wrong.push(t.emptyFile(file.name));
      else if (file.size > MOST_PROOF_BYTES) wrong.push(t.largeFile(file.name));
      else if (next.length + already >= MOST_PROOF_FILES) wrong.push(t.manyFiles(file.name));
      else next.push({ requestId: newRequestId(), file, kind: guess(file.name) });
    }
    setRefused(wrong);
    onFiles(next);
  };
  const change = (at: number, part: Partial<PickedFile>) =>
    onFiles(files.map((each, index) => (index === at ? { ...each, ...part } : each)));

  return (
    <div class="stack">
      <div
        class={over ? "drop drop-over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          add(event.dataTransfer?.files);
        }}
      >
        <IconUpload size={28} />
        <p id={`${id}-hint`}>{t.drop}</p>
        <Button aria-describedby={`${id}-hint`} onClick={() => input.current?.click()}>
          {t.chooseFiles}
        </Button>
        <p class="small muted">{t.fileLimits}</p>
        <input
          ref={input}
          class="visually-hidden"
          type="file"
          multiple
          tabIndex={-1}
          aria-label={t.chooseFiles}
          accept=".pdf,.png,.jpg,.jpeg,.webp,.eml,.txt"
          onChange={(event) => {
            add(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
      </div>
      <div role="status">
        {refused.map((sentence) => (
          <p class="field-error" key={sentence}>
            <IconWarning size={18} />
            <span class="breaks">{sentence}</span>
          </p>
        ))}
      </div>
      {files.length > 0 && (
        <ul class="picked">
          {files.map((each, at) => (
            <li key={each.requestId}>
              {each.sent ? <IconCheck /> : <IconFile />}
              <span class="picked-name breaks">
                {each.file.name}
                <span class="small muted"> {format.size(each.file.size)}</span>
              </span>
              <select
                class="control"
                aria-label={t.kindOf(each.file.name)}
                disabled={each.sent || each.share !== undefined}
                value={each.kind}
                // Another kind is another intention.
                onChange={(event) => change(at, { kind: event.currentTarget.value, requestId: newRequestId() })}
              >
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {kinds[kind] ?? kind}
                  </option>
                ))}
              </select>
              {!each.sent && each.share === undefined && (
                <Button
                  kind="quiet"
                  icon={IconTrash}
                  label={words.removeOf(each.file.name)}
                  onClick={() => onFiles(files.filter((_, index) => index !== at))}
                />
              )}
              {each.share !== undefined && !each.sent && (
                <progress class="picked-wide" aria-label={t.sending(each.file.name)} value={each.share} max={1} />
              )}
              {each.sent && <span class="small muted picked-wide">{t.sent}</span>}
              {each.error && (
                <p class="field-error picked-wide" role="alert">
                  <IconWarning size={18} />
                  <span>{each.error}</span>
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

// Sends what was not sent yet, one after the other.
export function useUploads(files: PickedFile[], onFiles: (files: PickedFile[]) => void) {
  const [busy, setBusy] = useState(false);
  return {
    busy,
    // Whether all of them are there now.
    async send(incident: string): Promise<boolean> {
      setBusy(true);
      let now = files;
      const change = (requestId: string, part: Partial<PickedFile>) => {
        now = now.map((each) => (each.requestId === requestId ? { ...each, ...part } : each));
        onFiles(now);
      };
      for (const { requestId, file, kind, sent } of files) {
        if (sent) continue;
        change(requestId, { share: 0, error: undefined });
        try {
          const content = new Uint8Array(await file.arrayBuffer());
          await addProof(
            { requestId, incident, kind, name: nameOf(file), content },
            { onProgress: (share) => change(requestId, { share }) },
          );
          change(requestId, { sent: true });
          say(wordsNow(filingWords).fileSent(file.name));
        } catch (error) {
          const { sentence, detail } = explain(error);
          change(requestId, { share: undefined, error: [sentence, detail].filter(Boolean).join(" ") });
        }
      }
      setBusy(false);
      return now.every((each) => each.sent);
    },
  };
}
