// Becoming partners: one shop makes a code, the other one enters it.
import { useState } from "preact/hooks";
import { node } from "../../api";
import { useFormat } from "../../format/use_format";
import { partnersWords } from "../../i18n/partners";
import { useWords } from "../../i18n/words";
import { Button } from "../../ui/button";
import { Dialog, DialogFoot } from "../../ui/dialog";
import { RadioGroup, TextArea } from "../../ui/field";
import { Failure, Note } from "../../ui/layout";
import { ShareCode } from "../../ui/share_code";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";
import { isOnlyHere } from "./endpoint";

const SECONDS = { h1: 3_600, h24: 86_400, d7: 604_800 };
type Valid = keyof typeof SECONDS;

export function Invite({ onMade, onClose }: { onMade: () => void; onClose: () => void }) {
  const t = useWords(partnersWords);
  const format = useFormat();
  const [valid, setValid] = useState<Valid>("h24");
  const [made, setMade] = useState<{ code: string; expiresAt: string; endpoint: string }>();
  const save = useWrite((requestId, validForS: number) => node.createInvite({ requestId, validForS }));
  if (made) {
    return (
      <Dialog title={t.inviteReady} onClose={onClose}>
        {isOnlyHere(made.endpoint) && <Note tone="amber">{t.inviteLocal(made.endpoint)}</Note>}
        <p>{t.inviteThen}</p>
        <ShareCode code={made.code} picture={t.qrLabel} />
        <p class="small">{t.expires(format.time(made.expiresAt))}</p>
        <Note>{t.inviteOnce}</Note>
        <div class="row row-end">
          <Button kind="primary" onClick={onClose}>
            {t.finished}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t.inviteTitle} onClose={onClose}>
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          const answer = await save.run(SECONDS[valid]);
          if (!answer) return;
          setMade(answer);
          onMade();
          say(t.inviteReady);
        }}
      >
        <p>{t.inviteIntro}</p>
        <RadioGroup
          label={t.validFor}
          value={valid}
          options={(Object.keys(SECONDS) as Valid[]).map((value) => ({ value, label: t.valid[value] }))}
          onValue={setValid}
        />
        <Failure error={save.error} />
        <DialogFoot onCancel={onClose}>
          <Button kind="primary" type="submit" busy={save.busy}>
            {t.makeCode}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

export function Join({ onClose }: { onClose: () => void }) {
  const t = useWords(partnersWords);
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState(false);
  const save = useWrite((requestId, typed: string) => node.joinPartner({ requestId, code: typed }));
  return (
    <Dialog title={t.joinTitle} onClose={onClose}>
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          // Lines that a messenger has broken are one code.
          const typed = code.replace(/\s+/g, "");
          setMissing(!typed);
          if (!typed) return;
          const answer = await save.run(typed);
          if (!answer) return;
          say(t.joined(answer.partner?.name || answer.partner?.origin || ""));
          onClose();
        }}
      >
        <p>{t.joinIntro}</p>
        <TextArea
          label={t.joinCode}
          error={missing && !code.trim() ? t.joinMissing : ""}
          mono
          value={code}
          onValue={setCode}
        />
        <Failure error={save.error} />
        <DialogFoot onCancel={onClose}>
          <Button kind="primary" type="submit" busy={save.busy}>
            {t.joinGo}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
