import "./second_factor.css";
import { Code } from "@connectrpc/connect";
import { useState } from "preact/hooks";
import { sessions } from "../../api";
import type { BeginSecondFactorResponse } from "../../gen/daftar/v1/session_pb";
import { accountWords } from "../../i18n/account";
import { useWords } from "../../i18n/words";
import { session, useSession } from "../../session";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy_button";
import { TextField } from "../../ui/field";
import { IconKey } from "../../ui/icons";
import { Failure, Note } from "../../ui/layout";
import { Qr } from "../../ui/qr";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";

const refused = (code: Code) =>
  code === Code.PermissionDenied || code === Code.Unauthenticated || code === Code.InvalidArgument;

// Sets a second factor up, or another in its place: the secret, a code of it, the recovery codes.
// `onDone`: somebody has them.
export function SecondFactor({ onDone }: { onDone?: () => void }) {
  const t = useWords(accountWords);
  const current = useSession();
  const [password, setPassword] = useState("");
  const [begun, setBegun] = useState<BeginSecondFactorResponse>();
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState<string[]>();
  const begin = useWrite((requestId, input: { password: string }) =>
    sessions.beginSecondFactor({ requestId, ...input }),
  );
  const confirm = useWrite((requestId, input: { code: string }) =>
    sessions.confirmSecondFactor({ requestId, ...input }),
  );

  if (recovery) {
    return (
      <div class="stack">
        <h2>{t.recoveryTitle}</h2>
        <Note tone="amber">{t.recoveryHint}</Note>
        <ul class="recovery mono">
          {recovery.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        <div class="row">
          <Button
            kind="primary"
            onClick={async () => {
              say(t.factorDone);
              session.set(await sessions.getSession({}));
              setRecovery(undefined);
              setBegun(undefined);
              setCode("");
              onDone?.();
            }}
          >
            {t.recoveryKept}
          </Button>
          <CopyButton text={recovery.join("\n")} />
        </div>
      </div>
    );
  }
  if (begun) {
    return (
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          const answer = await confirm.run({ code: code.replace(/\s/g, "") });
          if (answer) setRecovery(answer.recoveryCodes);
        }}
      >
        <p>{t.scan}</p>
        <Qr text={begun.uri} label={t.qr} />
        <div>
          <div class="muted small">{t.orType}</div>
          <code class="breaks">{begun.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
        </div>
        <TextField
          label={t.code}
          hint={t.codeHint}
          value={code}
          onValue={setCode}
          autocomplete="one-time-code"
          inputMode="numeric"
          required
        />
        <Failure
          error={confirm.error}
          sentence={(explained) => (refused(explained.code) ? t.codeWrong : undefined)}
        />
        <div class="row">
          <Button kind="primary" type="submit" busy={confirm.busy}>
            {t.confirm}
          </Button>
          <Button
            onClick={() => {
              setBegun(undefined);
              setCode("");
              confirm.clear();
            }}
          >
            {t.factorAgain}
          </Button>
        </div>
      </form>
    );
  }
  const replaces = current?.hasSecondFactor ?? false;
  return (
    <form
      class="stack"
      onSubmit={async (event) => {
        event.preventDefault();
        const answer = await begin.run({ password });
        if (!answer) return;
        setPassword("");
        setBegun(answer);
      }}
    >
      <p>{t.factorIntro}</p>
      {replaces && (
        <TextField
          label={t.oldPassword}
          type="password"
          value={password}
          onValue={setPassword}
          autocomplete="current-password"
          required
        />
      )}
      <Failure
        error={begin.error}
        sentence={(explained) => (replaces && refused(explained.code) ? t.oldWrong : undefined)}
      />
      <div class="row">
        <Button kind={replaces ? "plain" : "primary"} type="submit" icon={IconKey} busy={begin.busy}>
          {replaces ? t.factorReplace : t.factorBegin}
        </Button>
      </div>
    </form>
  );
}
