// What an auditor is given: the log, the decisions and the keys, saved by the browser.
import { Code } from "@connectrpc/connect";
import { useEffect, useRef, useState } from "preact/hooks";
import { node, policy as policies } from "../../api";
import { bundleName, BundleTooLarge, receiveBundle } from "../../bundle";
import { isAborted } from "../../errors";
import { useFormat } from "../../format/use_format";
import { logWords } from "../../i18n/log";
import { useWords } from "../../i18n/words";
import { download } from "../../print";
import { MANAGERS_AND_AUDITORS } from "../../roles";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { Fold } from "../../ui/fold";
import { IconDownload } from "../../ui/icons";
import { Card, Failure, Note } from "../../ui/layout";
import { Progress } from "../../ui/marks";
import { ShareCode } from "../../ui/share_code";
import { say } from "../../ui/toast";

// The node allows an hour.
const TIMEOUT_MS = 59 * 60_000;
const KEYS_FILE = "log.policy";
const POLICY_FILE = "policy.toml";

type What = "log" | "decisions";

// A bundle on its way from the node into a file.
function useExport() {
  const t = useWords(logWords);
  const [what, setWhat] = useState<What>();
  const [progress, setProgress] = useState({ done: 0, total: 0 });
  const [saved, setSaved] = useState({ log: "log.bundle", decisions: "decisions.bundle" });
  const [error, setError] = useState<unknown>();
  const [ended, setEnded] = useState<"stopped" | "large">();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async (wanted: What) => {
    const now = new AbortController();
    stop.current = now;
    setWhat(wanted);
    setProgress({ done: 0, total: 0 });
    setError(undefined);
    setEnded(undefined);
    const options = { signal: now.signal, timeoutMs: TIMEOUT_MS };
    try {
      const messages = wanted === "log" ? node.exportLog({}, options) : node.exportDecisions({}, options);
      const bundle = await receiveBundle(messages, (done, total) => setProgress({ done, total }));
      if (now.signal.aborted) return;
      const name = bundleName(bundle.manifest);
      download(name, new Blob(bundle.parts as BlobPart[], { type: "application/octet-stream" }));
      setSaved((before) => ({ ...before, [wanted]: name }));
      say(t.exportSaved(name));
    } catch (failure) {
      if (failure instanceof BundleTooLarge) setEnded("large");
      else if (now.signal.aborted || isAborted(failure)) setEnded("stopped");
      else setError(failure);
    } finally {
      setWhat(undefined);
    }
  };
  return { what, progress, saved, error, ended, run, stop: () => stop.current?.abort() };
}

type TextFile = [name: string, text: string];

// Saves what `get` gives, as files of their own.
function SaveTexts({
  label,
  get,
  onSaved,
}: {
  label: string;
  get: () => Promise<TextFile[]>;
  onSaved?: (names: string[]) => void;
}) {
  const t = useWords(logWords);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const save = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const files = await get();
      for (const [name, text] of files) download(name, new Blob([text], { type: "text/plain" }));
      const names = files.map(([name]) => name);
      say(t.exportSaved(names.join(", ")));
      onSaved?.(names);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Failure error={error} />
      <Button icon={IconDownload} busy={busy} onClick={save}>
        {label}
      </Button>
    </>
  );
}

const getKeys = async (): Promise<TextFile[]> => [[KEYS_FILE, (await node.getLogPolicy({})).policy]];

// The one in force, and, under their hashes, those before it.
async function getPolicies(): Promise<TextFile[]> {
  const current = await policies.getPolicy({});
  const earlier = new Set(current.versions.map(({ hash }) => hash).filter((hash) => hash !== current.hash));
  const files: TextFile[] = [[POLICY_FILE, current.toml]];
  for (const hash of earlier) files.push([`policy-${hash.slice(0, 8)}.toml`, (await policies.getPolicy({ hash })).toml]);
  return files;
}

// For those who see partners: all of them may have the keys.
export function Export({ signed }: { signed: boolean }) {
  const t = useWords(logWords);
  const format = useFormat();
  const may = useMay(MANAGERS_AND_AUDITORS);
  const [policyFiles, setPolicyFiles] = useState([POLICY_FILE]);
  const { what, progress, saved, error, ended, run, stop } = useExport();
  return (
    <Card title={t.export}>
      <p class="muted">{t.exportIntro}</p>
      <Failure
        error={error}
        sentence={({ code }) =>
          code === Code.ResourceExhausted ? t.exportBusy : code === Code.FailedPrecondition ? t.exportNone : undefined
        }
      />
      {ended === "stopped" && <Note>{t.exportStopped}</Note>}
      {ended === "large" && <Note tone="amber">{t.exportLarge}</Note>}
      {what && (
        <div class="stack stack-small">
          <Progress
            label={
              progress.total > 0
                ? t.exportProgress(format.size(progress.done), format.size(progress.total))
                : t.exportBegins
            }
            value={progress.done}
            max={progress.total}
          />
          <div class="row">
            <Button onClick={stop}>{t.exportStop}</Button>
          </div>
        </div>
      )}
      <ul class="exports">
        {may && signed && (
          <li>
            <h3>{t.exportLog}</h3>
            <p class="muted small">{t.exportLogHint}</p>
            <Button icon={IconDownload} busy={what === "log"} disabled={what === "decisions"} onClick={() => run("log")}>
              {t.saveLog}
            </Button>
          </li>
        )}
        {may && (
          <li>
            <h3>{t.exportDecisions}</h3>
            <p class="muted small">{t.exportDecisionsHint}</p>
            <Button
              icon={IconDownload}
              busy={what === "decisions"}
              disabled={what === "log"}
              onClick={() => run("decisions")}
            >
              {t.saveDecisions}
            </Button>
          </li>
        )}
        {may && (
          <li>
            <h3>{t.exportPolicies}</h3>
            <p class="muted small">{t.exportPoliciesHint}</p>
            <SaveTexts label={t.savePolicies} get={getPolicies} onSaved={setPolicyFiles} />
          </li>
        )}
        <li>
          <h3>{t.exportKeys}</h3>
          <p class="muted small">{t.exportKeysHint}</p>
          <SaveTexts label={t.saveKeys} get={getKeys} />
        </li>
      </ul>
      <h3>{t.exportVerify}</h3>
      <ShareCode
        code={[
          `daftar audit verify ${saved.log} --policy ${KEYS_FILE}`,
          `daftar audit replay ${saved.decisions} ${policyFiles.map((name) => `--policy ${name}`).join(" ")} --entry-vkey "$(tail -n 1 ${KEYS_FILE} | cut -c 3-)"`,
        ].join("\n")}
      />
      <Fold title={t.exportCommands}>
        <div class="stack">
          <p class="muted">{t.exportCommandsHint}</p>
          <ShareCode
            code={[
              "daftar log export --out log.bundle",
              "daftar log export --decisions --out decisions.bundle",
              `daftar log policy > ${KEYS_FILE}`,
              `daftar policy show > ${POLICY_FILE}`,
            ].join("\n")}
          />
        </div>
      </Fold>
    </Card>
  );
}
