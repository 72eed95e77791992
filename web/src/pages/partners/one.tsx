import { Code } from "@connectrpc/connect";
import { useState } from "preact/hooks";
import { disclosure, node, policy } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Partner } from "../../gen/daftar/v1/node_pb";
import { partnersWords } from "../../i18n/partners";
import { useWords } from "../../i18n/words";
import { MANAGERS, MANAGERS_AND_AUDITORS, OPERATORS } from "../../roles";
import { goInstead, href } from "../../router";
import { useMay } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { Fold } from "../../ui/fold";
import { Card, Facts, Failure, Loading, Note, Page, PageHeader } from "../../ui/layout";
import { ShareCode } from "../../ui/share_code";
import { useAsk } from "../../use_ask";
import { FRESH_MS, useFollowPage } from "../../use_follow_page";
import { Asked } from "../log/asked";
import { Connection, Freshness, Marks, Quota, isConnected, useHeard, useHolds } from "./health";
import { NewLog } from "./new_log";
import { Record } from "./record";

type Act = "suspend" | "resume" | "release" | "remove";

function Health({ partner }: { partner: Partner }) {
  const t = useWords(partnersWords);
  const format = useFormat();
  const heard = useHeard();
  const holds = useHolds();
  return (
    <Card title={t.health}>
      <div class="row partner-marks">
        <Freshness partner={partner} />
        <Connection partner={partner} />
        <Marks partner={partner} />
      </div>
      {!isConnected(partner) && (
        <p>
          {partner.connection} <span class="muted">{t.notChecked}</span>
        </p>
      )}
      <Facts
        facts={[
          { name: t.freshness, value: heard(partner) },
          {
            name: t.holds,
            value: (
              <>
                {holds(partner)}
                {partner.holdsSince && <div class="muted small">{t.holdsSince(format.time(partner.holdsSince))}</div>}
              </>
            ),
          },
          { name: t.records, value: format.number(partner.logSize) },
          { name: t.theirs, value: format.number(partner.reports) },
          { name: t.paired, value: partner.pairedAt && format.day(partner.pairedAt) },
          { name: t.charter, value: partner.sameCharter ? t.charterSame : t.otherCharter },
          { name: t.address, value: partner.endpoint },
        ]}
      />
      <Quota partner={partner} />
    </Card>
  );
}

function Weight({ partner, onDone }: { partner: Partner; onDone: () => void }) {
  const t = useWords(partnersWords);
  const format = useFormat();
  const may = useMay(MANAGERS);
  const [open, setOpen] = useState(false);
  const learnt = partner.learntFrom > 0n;
  return (
    <Card
      title={t.weight}
      actions={may && learnt && <Button onClick={() => setOpen(true)}>{t.resetWeight}</Button>}
    >
      <p>{t.weightIs(format.percent(partner.weightPpm))}</p>
      <p class="muted">
        {learnt
          ? t.learnt(
              format.number(partner.learntFrom),
              format.percent(partner.learntBadPpm),
              format.day(partner.learntSince || partner.pairedAt),
            )
          : t.learntNot}
      </p>
      {open && (
        <BecauseDialog
          title={t.resetWeight}
          confirm={t.resetWeight}
          done={t.resetDone}
          danger
          write={(requestId, because) =>
            policy.resetPartnerWeight({ requestId, origin: partner.origin, because })
          }
          onDone={onDone}
          onClose={() => setOpen(false)}
        >
          <p>{t.resetWeightHint}</p>
        </BecauseDialog>
      )}
    </Card>
  );
}

// What this shop asked the partner for, once it has asked for anything.
function AskedProof({ origin }: { origin: string }) {
  const t = useWords(partnersWords);
  const asked = useAsk((signal) => disclosure.listAskedProof({}, { signal }), [origin]);
  const rows = asked.value?.asked.filter(({ partner }) => partner === origin) ?? [];
  if (rows.length === 0) return <Failure error={asked.error} again={asked.again} />;
  return (
    <Card title={t.askedProof}>
      <ul class="requests">
        {rows.map((row) => (
          <Asked key={row.id} asked={row} onDone={asked.again} />
        ))}
      </ul>
    </Card>
  );
}

export function One({ origin }: { origin: string }) {
  const t = useWords(partnersWords);
  const format = useFormat();
  const may = useMay(OPERATORS);
  const seesProof = useMay(MANAGERS_AND_AUDITORS);
  const [act, setAct] = useState<Act>();
  const asked = useAsk((signal) => node.getPartner({ origin }, { signal }), [origin]);
  useFollowPage(asked, FRESH_MS);
  const partner = asked.value?.partner;
  const acts: Record<Act, { label: string; hint: string; done: string }> = {
    suspend: { label: t.suspend, hint: t.suspendHint, done: t.suspended },
    resume: { label: t.resume, hint: t.resumeHint, done: t.resumed },
    release: { label: t.release, hint: t.releaseHint, done: t.released },
    remove: { label: t.remove, hint: t.removeHint, done: t.removed },
  };
  const write = (what: Act, requestId: string, because: string): Promise<unknown> => {
    const request = { requestId, origin, because };
    if (what === "suspend") return node.suspendPartner(request);
    if (what === "resume") return node.resumePartner(request);
    if (what === "release") return node.releasePartner(request);
    return node.removePartner(request);
  };
  const chosen = act && acts[act];
  return (
    <Page>
      <PageHeader
        title={partner?.name || origin}
        intro={partner?.name ? origin : undefined}
        back={{ href: href("partners"), label: t.back }}
        actions={
          may &&
          partner && (
            <>
              {partner.state === "active" && <Button onClick={() => setAct("suspend")}>{t.suspend}</Button>}
              {partner.state === "suspended" && (
                <Button kind="primary" onClick={() => setAct("resume")}>
                  {t.resume}
                </Button>
              )}
              {partner.state !== "removed" && (
                <Button kind="danger" onClick={() => setAct("remove")}>
                  {t.remove}
                </Button>
              )}
            </>
          )
        }
      />
      <Failure
        error={asked.error}
        again={asked.again}
        sentence={({ code }) => (code === Code.NotFound ? t.notFound : undefined)}
      />
      {!partner && asked.loading && <Loading />}
      {partner && (
        <>
          {partner.forked && (
            <Card title={t.forkTitle}>
              <p>{t.forkHint}</p>
              <ShareCode code={`daftar log export --fork ${partner.origin} --out fork.txt`} />
            </Card>
          )}
          {partner.adoptedOrigin && (
            <NewLog
              partner={partner}
              onDone={(next) => (next === origin ? asked.again() : goInstead("partners", next))}
            />
          )}
          {partner.quarantinedSince && (
            <Card title={t.quarantineTitle}>
              <p>
                {t.quarantineWhy[partner.quarantinedFor] ?? partner.quarantinedFor}{" "}
                {t.quarantineSince(format.day(partner.quarantinedSince))}
              </p>
              {may && (
                <div class="row">
                  <Button onClick={() => setAct("release")}>{t.release}</Button>
                </div>
              )}
            </Card>
          )}
          {partner.trouble && (
            <Note tone="amber">
              <strong>{t.troubleTitle}</strong>
              <div lang="en">{partner.trouble}</div>
            </Note>
          )}
          <Health partner={partner} />
          {partner.record && <Record record={partner.record} />}
          <Weight partner={partner} onDone={asked.again} />
          {seesProof && <AskedProof origin={origin} />}
          {partner.voidEntries.length > 0 && (
            <Card title={t.voidTitle}>
              <p class="muted">{t.voidIntro}</p>
              <ul class="stack stack-small">
                {partner.voidEntries.map((entries) => (
                  <li key={entries.reason}>
                    <strong>{t.voidEntries(format.number(entries.entries))}</strong>
                    {", "}
                    {t.voidNewest(format.number(entries.newestIndex))}
                    {": "}
                    {t.because(entries.words || entries.reason)}
                  </li>
                ))}
              </ul>
            </Card>
          )}
          <Fold title={t.technical}>
            <Facts
              facts={[
                { name: t.pin, value: <code>{partner.certificatePin}</code> },
                { name: t.first, value: <code>{partner.firstEntry}</code> },
                { name: t.charter, value: <code>{partner.charter}</code> },
              ]}
            />
          </Fold>
        </>
      )}
      {act && chosen && (
        <BecauseDialog
          title={chosen.label}
          confirm={chosen.label}
          done={chosen.done}
          danger={act === "remove" || act === "suspend"}
          write={(requestId, because) => write(act, requestId, because)}
          onDone={asked.again}
          onClose={() => setAct(undefined)}
        >
          <p>{chosen.hint}</p>
        </BecauseDialog>
      )}
    </Page>
  );
}
