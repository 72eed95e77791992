// What happened with an incident, how far each change is at the partners, and their requests for proof.
import { useState } from "preact/hooks";
import { disclosure } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Arrival, Incident, IncidentEvent, ProofRequest } from "../../gen/daftar/v1/shop_pb";
import { incidentsWords } from "../../i18n/incidents";
import { proofWords } from "../../i18n/proof";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";
import { CheckField } from "../../ui/field";
import {
  type Icon,
  IconAccept,
  IconCheck,
  IconClock,
  IconEdit,
  IconFile,
  IconIncident,
  IconInfo,
  IconLetter,
  IconMinus,
  IconShare,
  IconTrash,
  IconWarning,
} from "../../ui/icons";
import { Card, Timeline } from "../../ui/layout";
import { Age, Badge, Time, type Tone } from "../../ui/marks";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";
import { useWho } from "./words";

const LOOKS: Record<string, { icon: Icon; tone: Tone }> = {
  added: { icon: IconIncident, tone: "plain" },
  "publish asked": { icon: IconShare, tone: "violet" },
  settled: { icon: IconAccept, tone: "good" },
  withdrawn: { icon: IconMinus, tone: "plain" },
  "noted for the customer": { icon: IconInfo, tone: "blue" },
  reminded: { icon: IconClock, tone: "amber" },
  approved: { icon: IconCheck, tone: "blue" },
  "notice made": { icon: IconLetter, tone: "amber" },
  disputed: { icon: IconWarning, tone: "bad" },
  upheld: { icon: IconCheck, tone: "violet" },
  "found wrong": { icon: IconAccept, tone: "good" },
  corrected: { icon: IconEdit, tone: "violet" },
  erased: { icon: IconTrash, tone: "plain" },
  expired: { icon: IconClock, tone: "plain" },
  "not published": { icon: IconWarning, tone: "amber" },
};

export function History({ incident }: { incident: Incident }) {
  const t = useWords(incidentsWords);
  const format = useFormat();
  const who = useWho();
  const because = (event: IncidentEvent) => {
    // The node puts what was noted before the reason.
    if (event.what === "noted for the customer") {
      const [name = "", ...rest] = event.because.split(": ");
      return [t.mitigations[name] ?? name, rest.join(": ")].filter(Boolean).join(": ");
    }
    if (event.what === "reminded") {
      const [day = "", ...rest] = event.because.split(": ");
      return [format.day(day), rest.join(": ")].filter(Boolean).join(": ");
    }
    return event.because;
  };
  return (
    <Card title={t.history}>
      <Timeline
        items={[...incident.history].reverse().map((event, at) => ({
          key: `${event.at} ${event.what} ${at}`,
          icon: LOOKS[event.what]?.icon ?? IconInfo,
          tone: LOOKS[event.what]?.tone ?? "plain",
          title: (
            <>
              <strong>{t.events[event.what] ?? event.what}</strong> {t.by(who(event.by))}
            </>
          ),
          when: (
            <>
              <Age at={event.at} /> · <Time at={event.at} />
            </>
          ),
          detail: (
            <>
              {event.because && <p>{because(event)}</p>}
              <Arrivals event={event} />
            </>
          ),
        }))}
      />
    </Card>
  );
}

function Arrivals({ event }: { event: IncidentEvent }) {
  const t = useWords(incidentsWords);
  const format = useFormat();
  const active = event.arrivals.filter(({ pairing }) => pairing === "active");
  if (active.length === 0) return null;
  const have = active.filter(({ appliedAt }) => appliedAt);
  const behind = active.filter(({ appliedAt }) => !appliedAt);
  const named = (list: Arrival[]) => format.list(list.map(({ partner }) => partner).filter(Boolean));
  const live = named(behind.filter((each) => each.live));
  const quiet = named(behind.filter((each) => !each.live));
  const all = behind.length === 0;
  return (
    <div class="arrivals">
      <span class={all ? "arrivals-all" : undefined}>
        {all ? <IconCheck size={16} /> : <IconClock size={16} />} {t.arrivals(have.length, active.length)}
      </span>
      <meter min={0} max={active.length} value={have.length} aria-label={t.arrivals(have.length, active.length)} />
      {live && <span class="muted">{t.behind(live)}</span>}
      {quiet && <span class="muted">{t.behindQuiet(quiet)}</span>}
    </div>
  );
}

const REQUEST_LOOKS: Record<string, { icon: Icon; tone: Tone }> = {
  waiting: { icon: IconClock, tone: "amber" },
  disclosed: { icon: IconFile, tone: "good" },
  refused: { icon: IconMinus, tone: "plain" },
  lapsed: { icon: IconClock, tone: "plain" },
};

export function ProofRequests({ incident, onChange }: { incident: Incident; onChange: () => void }) {
  const t = useWords(incidentsWords);
  const { kinds } = useWords(proofWords);
  const who = useWho();
  const format = useFormat();
  const mayDecide = useMay(MANAGERS);
  const [deciding, setDeciding] = useState<{ request: ProofRequest; disclose: boolean }>();
  if (incident.proofRequests.length === 0) return null;
  const shopOf = (request: ProofRequest) => request.partner || t.someShop;
  return (
    <Card title={t.proofRequests}>
      <Timeline
        items={incident.proofRequests.map((request) => ({
          key: request.id,
          icon: REQUEST_LOOKS[request.state]?.icon ?? IconInfo,
          tone: REQUEST_LOOKS[request.state]?.tone,
          title: <strong>{t.asked(shopOf(request))}</strong>,
          when: <Age at={request.askedAt} />,
          detail: (
            <div class="stack stack-small">
              {request.why && <p>“{request.why}”</p>}
              <p>
                <Badge tone={REQUEST_LOOKS[request.state]?.tone} icon={REQUEST_LOOKS[request.state]?.icon}>
                  {t.requestStates[request.state] ?? request.state}
                </Badge>{" "}
                {request.open && request.openUntil && t.openUntil(format.day(request.openUntil))}
                {request.decidedBy && ` ${t.by(who(request.decidedBy))}`}
                {request.because && `: ${request.because}`}
              </p>
              {request.files.length > 0 && (
                <p>{t.filesGiven(format.list(request.files.map(({ kind }) => kinds[kind] ?? kind)))}</p>
              )}
              {request.fetchedAt.map((at) => (
                <p key={at}>{t.fetched(format.age(at))}</p>
              ))}
              {mayDecide && request.state === "waiting" && request.open && (
                <div class="row">
                  <Button icon={IconShare} onClick={() => setDeciding({ request, disclose: true })}>
                    {t.disclose}
                  </Button>
                  <Button onClick={() => setDeciding({ request, disclose: false })}>{t.refuse}</Button>
                </div>
              )}
            </div>
          ),
        }))}
      />
      {deciding && (
        <Decide
          incident={incident}
          request={deciding.request}
          disclose={deciding.disclose}
          partner={shopOf(deciding.request)}
          onClose={() => setDeciding(undefined)}
          onDone={() => {
            say(deciding.disclose ? t.disclosed : t.refused);
            setDeciding(undefined);
            onChange();
          }}
        />
      )}
    </Card>
  );
}

function Decide({
  incident,
  request,
  disclose,
  partner,
  onClose,
  onDone,
}: {
  incident: Incident;
  request: ProofRequest;
  disclose: boolean;
  partner: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useWords(incidentsWords);
  const { kinds } = useWords(proofWords);
  const [numbers, setNumbers] = useState(() => incident.proofs.map(({ number }) => number));
  const write = useWrite(async (requestId, input: { because: string; numbers: number[] }) => {
    const { because } = input;
    return disclose
      ? disclosure.discloseProof({ requestId, id: request.id, numbers: input.numbers, because })
      : disclosure.refuseProof({ requestId, id: request.id, because });
  });
  return (
    <Confirm
      title={disclose ? t.disclose : t.refuse}
      action={disclose ? t.disclose : t.refuse}
      danger={disclose}
      because
      disabled={disclose && numbers.length === 0}
      busy={write.busy}
      error={write.error}
      onClose={onClose}
      onConfirm={async (because) => {
        if (await write.run({ because, numbers })) onDone();
      }}
    >
      <p>{disclose ? t.discloseText(partner) : t.refuseText(partner)}</p>
      {disclose && (
        <fieldset class="choices">
          <legend>{t.whichFiles}</legend>
          {incident.proofs.map(({ number, kind, name }) => (
            <CheckField
              key={number}
              label={[kinds[kind] ?? kind, name].filter(Boolean).join(" · ")}
              checked={numbers.includes(number)}
              onValue={(checked) =>
                setNumbers(checked ? [...numbers, number].sort((a, b) => a - b) : numbers.filter((n) => n !== number))
              }
            />
          ))}
          {numbers.length === 0 && <p class="field-error">{t.noFileChosen}</p>}
        </fieldset>
      )}
    </Confirm>
  );
}
