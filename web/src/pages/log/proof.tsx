// Proof that shops hand to each other: what partners ask for here, and what was asked of them.
import { useState } from "preact/hooks";
import { disclosure, shop } from "../../api";
import { useFormat } from "../../format/use_format";
import type { ProofRequest } from "../../gen/daftar/v1/shop_pb";
import { logWords } from "../../i18n/log";
import { proofWords } from "../../i18n/proof";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { useOpens } from "../../use_opens";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { CheckField } from "../../ui/field";
import { Card, Failure, Loading, Note } from "../../ui/layout";
import { Age, Badge } from "../../ui/marks";
import { More } from "../../ui/table";
import { useAsk } from "../../use_ask";
import { usePages } from "../../use_pages";
import { Asked } from "./asked";

type Decide = { request: ProofRequest; what: "disclose" | "refuse" };

function Disclose({ request, onDone, onClose }: { request: ProofRequest; onDone: () => void; onClose: () => void }) {
  const t = useWords(logWords);
  const { kinds } = useWords(proofWords);
  const [left, setLeft] = useState<readonly number[]>([]);
  const asked = useAsk((signal) => shop.getIncident({ id: request.incident }, { signal }), [request.incident]);
  const proofs = asked.value?.incident?.proofs;
  const chosen = proofs?.filter((proof) => !left.includes(proof.number)).map((proof) => proof.number) ?? [];
  return (
    <BecauseDialog
      title={t.disclose}
      confirm={t.disclose}
      done={t.disclosed}
      danger
      ready={chosen.length > 0}
      sends={chosen}
      write={(requestId, because) =>
        disclosure.discloseProof({ requestId, id: request.id, numbers: chosen, because })
      }
      onDone={onDone}
      onClose={onClose}
    >
      <p>{t.discloseHint}</p>
      <Failure error={asked.error} again={asked.again} />
      {!proofs && asked.loading && <Loading />}
      {proofs?.length === 0 && <Note tone="amber">{t.discloseNoFiles}</Note>}
      {proofs && proofs.length > 0 && (
        <fieldset class="choices">
          <legend>{t.discloseWhich}</legend>
          {proofs.map((proof) => (
            <CheckField
              key={proof.number}
              label={[kinds[proof.kind] ?? proof.kind, proof.name].filter(Boolean).join(": ")}
              checked={!left.includes(proof.number)}
              onValue={(checked) =>
                setLeft(checked ? left.filter((each) => each !== proof.number) : [...left, proof.number])
              }
            />
          ))}
          {chosen.length === 0 && <p>{t.discloseNone}</p>}
        </fieldset>
      )}
    </BecauseDialog>
  );
}

function Requests() {
  const t = useWords(logWords);
  const format = useFormat();
  const may = useMay(MANAGERS);
  const opensIncidents = useOpens("incidents");
  const [all, setAll] = useState(false);
  const [decide, setDecide] = useState<Decide>();
  const list = usePages(
    async (pageToken, signal) => {
      const answer = await disclosure.listProofRequests({ all, pageToken }, { signal });
      return { rows: answer.requests, next: answer.nextPageToken };
    },
    [all],
  );
  return (
    <Card title={t.asks2}>
      <CheckField label={t.asksAll} checked={all} onValue={setAll} />
      <Failure error={list.error} again={list.again} />
      {!list.rows && list.loading && <Loading />}
      {list.rows?.length === 0 && <p class="muted">{t.asksNone}</p>}
      <ul class="requests">
        {list.rows?.map((request) => (
          <li key={request.id}>
            <div class="row row-between">
              <strong>{request.partner}</strong>
              <Badge tone={request.state === "waiting" ? "amber" : "plain"}>
                {t.requestStates[request.state] ?? request.state}
              </Badge>
            </div>
            <p>
              {t.asksWhy}: “{request.why}”
            </p>
            <p class="muted small">
              {t.asked} <Age at={request.askedAt} />
              {request.open && `. ${t.openUntil(format.time(request.openUntil))}`}
              {request.fetchedAt.length > 0 && `. ${t.fetched(format.number(request.fetchedAt.length))}`}
            </p>
            {request.because && <p class="small">{request.because}</p>}
            <div class="row">
              {may && request.state === "waiting" && (
                <>
                  <Button kind="primary" onClick={() => setDecide({ request, what: "disclose" })}>
                    {t.disclose}
                  </Button>
                  <Button onClick={() => setDecide({ request, what: "refuse" })}>{t.refuse}</Button>
                </>
              )}
              {opensIncidents && <a href={href("incidents", request.incident)}>{t.incident}</a>}
            </div>
          </li>
        ))}
      </ul>
      {list.hasMore && <More busy={list.busy} onMore={list.onMore} />}
      {decide?.what === "disclose" && (
        <Disclose request={decide.request} onDone={list.again} onClose={() => setDecide(undefined)} />
      )}
      {decide?.what === "refuse" && (
        <BecauseDialog
          title={t.refuse}
          confirm={t.refuse}
          done={t.refused}
          write={(requestId, because) =>
            disclosure.refuseProof({ requestId, id: decide.request.id, because })
          }
          onDone={list.again}
          onClose={() => setDecide(undefined)}
        >
          <p>{t.refuseHint}</p>
        </BecauseDialog>
      )}
    </Card>
  );
}

export function Proof() {
  const t = useWords(logWords);
  const list = useAsk((signal) => disclosure.listAskedProof({}, { signal }), []);
  return (
    <div class="stack stack-large">
      <Requests />
      <Card title={t.weAsked}>
        <Failure error={list.error} again={list.again} />
        {!list.value && list.loading && <Loading />}
        {list.value?.asked.length === 0 && <p class="muted">{t.weAskedNone}</p>}
        <ul class="requests">
          {list.value?.asked.map((asked) => (
            <Asked key={asked.id} asked={asked} onDone={list.again} />
          ))}
        </ul>
      </Card>
    </div>
  );
}
