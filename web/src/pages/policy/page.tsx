import "./policy.css";
import { Code } from "@connectrpc/connect";
import { useState } from "preact/hooks";
import { policy } from "../../api";
import { explain } from "../../errors";
import { useFormat } from "../../format/use_format";
import type { PolicyFault } from "../../gen/daftar/v1/policy_pb";
import { policyWords } from "../../i18n/policy";
import { useWords } from "../../i18n/words";
import { MANAGERS, MANAGERS_AND_AUDITORS } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { useOpens } from "../../use_opens";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button, LinkButton } from "../../ui/button";
import { TextArea } from "../../ui/field";
import { Card, Failure, Loading, Note, Page, PageHeader } from "../../ui/layout";
import { Tabs } from "../../ui/tabs";
import { say } from "../../ui/toast";
import { Backtest } from "./backtest";
import { Trial } from "./trial";
import { useDraft } from "./use_draft";
import { Versions } from "./versions";
import { InWords } from "./words";

type Part = "words" | "text" | "backtest" | "trial" | "versions";

export default function Policy() {
  const t = useWords(policyWords);
  const format = useFormat();
  const may = useMay(MANAGERS);
  const reads = useMay(MANAGERS_AND_AUDITORS);
  const opensGroups = useOpens("groups");
  const draft = useDraft();
  const [part, setPart] = useState<Part>("words");
  const [asking, setAsking] = useState<"put" | "trial">();
  const [unfinished, setUnfinished] = useState(false);
  const [meanwhile, setMeanwhile] = useState(false);
  const shown: Part[] = ["words", "text", ...(reads ? (["backtest", "trial"] as const) : []), "versions"];
  const take = (toml: string) => {
    draft.setText(toml);
    setPart("words");
    say(t.taken);
  };
  const said = (fault: PolicyFault) => (fault.line > 0 ? t.faultAt(fault.line, fault.what) : fault.what);
  const ready = draft.settled && draft.faults.length === 0 && !unfinished;
  return (
    <Page>
      <PageHeader
        title={t.title}
        intro={
          <>
            {t.intro} {draft.inForce && t.prior(format.percent(draft.inForce.priorPpm, 1))}
          </>
        }
        actions={
          <>
            <LinkButton kind="quiet" href={href("charter")}>
              {t.charter}
            </LinkButton>
            {opensGroups && (
              <LinkButton kind="quiet" href={href("groups")}>
                {t.groups}
              </LinkButton>
            )}
          </>
        }
      />
      {draft.inForce?.problem && (
        <Note tone="amber">
          <strong>{t.problem}</strong>
          <div lang="en">{draft.inForce.problem}</div>
        </Note>
      )}
      <Failure error={draft.error} again={draft.lines.length === 0 ? draft.again : undefined} />
      {draft.lines.length === 0 && draft.loading && <Loading />}
      {draft.lines.length > 0 && (
        <Tabs
          label={t.title}
          tabs={shown.map((id) => ({ id, label: t.tabs[id] }))}
          current={part}
          onChange={setPart}
        >
          {part === "words" && <InWords draft={draft} onUnfinished={setUnfinished} />}
          {part === "text" && (
            <Card>
              {may ? (
                <TextArea
                  label={t.text}
                  hint={t.textHint}
                  error={draft.faults.map(said).join(" ")}
                  mono
                  rows={24}
                  value={draft.text}
                  onValue={draft.setText}
                />
              ) : (
                <pre class="policy-text" tabIndex={0}>
                  {draft.text}
                </pre>
              )}
            </Card>
          )}
          {part === "backtest" && <Backtest toml={draft.changed ? draft.text : ""} ready={ready} />}
          {part === "trial" && <Trial inForce={draft.inForce?.hash ?? ""} onTake={take} />}
          {part === "versions" && draft.inForce && <Versions inForce={draft.inForce} onTake={take} />}
        </Tabs>
      )}
      {may && draft.changed && (
        <section class="card policy-bar">
          <p role="status">
            <strong>{t.changed}</strong> {!draft.settled && <span class="muted">{t.checking}</span>}
          </p>
          {draft.faults.length > 0 && (
            <Note tone="bad">
              <strong>{t.faults}</strong>
              <ul>
                {draft.faults.map((fault) => (
                  <li key={`${fault.line}-${fault.what}`}>
                    {said(fault)}
                  </li>
                ))}
              </ul>
            </Note>
          )}
          {unfinished && <Note tone="bad">{t.unfinished}</Note>}
          {meanwhile && (
            <Note tone="amber" alert>
              {t.putMeanwhile}
            </Note>
          )}
          <div class="row">
            <Button
              onClick={() => {
                setMeanwhile(false);
                if (meanwhile) draft.again();
                else draft.discard();
              }}
            >
              {t.discard}
            </Button>
            <Button disabled={!ready} onClick={() => setAsking("trial")}>
              {t.trialStart}
            </Button>
            <Button kind="primary" disabled={!ready} onClick={() => setAsking("put")}>
              {t.put}
            </Button>
          </div>
        </section>
      )}
      {asking === "put" && (
        <BecauseDialog
          title={t.put}
          confirm={t.put}
          done={t.putDone}
          write={async (requestId, because) => {
            try {
              return await policy.putPolicy({
                requestId,
                toml: draft.text,
                because,
                insteadOf: draft.inForce?.hash ?? "",
              });
            } catch (failure) {
              if (explain(failure).code === Code.FailedPrecondition) setMeanwhile(true);
              throw failure;
            }
          }}
          onDone={() => {
            setMeanwhile(false);
            draft.again();
          }}
          onClose={() => setAsking(undefined)}
        >
          <p>{t.putHint}</p>
        </BecauseDialog>
      )}
      {asking === "trial" && (
        <BecauseDialog
          title={t.trialStart}
          confirm={t.trialStart}
          done={t.trialStarted}
          write={(requestId, because) => policy.setTrialPolicy({ requestId, toml: draft.text, because })}
          onDone={() => setPart("trial")}
          onClose={() => setAsking(undefined)}
        >
          <p>{t.trialStartHint}</p>
        </BecauseDialog>
      )}
    </Page>
  );
}
