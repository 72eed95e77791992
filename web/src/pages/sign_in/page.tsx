import { Code } from "@connectrpc/connect";
import { useRef, useState } from "preact/hooks";
import { sessions } from "../../api";
import { explain } from "../../errors";
import { signInWords } from "../../i18n/sign_in";
import { useWords } from "../../i18n/words";
import { session, useSession } from "../../session";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Card, Failure, Note, PageHeader } from "../../ui/layout";

// With name and password, and the code of the second factor where the node asks for it; or with a
// token. `ended`: somebody was signed in here until just now.
export function SignInPage({ ended }: { ended: boolean }) {
  const t = useWords(signInWords);
  const current = useSession();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [token, setToken] = useState("");
  const [withToken, setWithToken] = useState(false);
  const [codeAsked, setCodeAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const codeInput = useRef<HTMLInputElement>(null);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const answer = await sessions.signIn(
        withToken ? { token: token.trim() } : { user: user.trim(), password, code: code.replace(/\s/g, "") },
      );
      session.set(answer.signedIn ?? (await sessions.getSession({})));
    } catch (failure) {
      if (explain(failure).code === Code.FailedPrecondition && !codeAsked && !withToken) {
        setCodeAsked(true);
        requestAnimationFrame(() => codeInput.current?.focus());
      } else {
        setError(failure);
      }
    } finally {
      setBusy(false);
    }
  };

  if (current?.firstUserMissing && !withToken) {
    return (
      <Card>
        <PageHeader title={t.firstUser} />
        <Note>{t.firstUserHint}</Note>
        <Button kind="quiet" onClick={() => setWithToken(true)}>
          {t.withToken}
        </Button>
      </Card>
    );
  }
  return (
    <Card>
      <PageHeader title={t.title} />
      {ended && !error && <Note>{t.ended}</Note>}
      <form class="stack" onSubmit={submit}>
        {withToken ? (
          <TextField
            label={t.token}
            hint={t.tokenHint}
            type="password"
            value={token}
            onValue={setToken}
            autocomplete="off"
            required
            autofocus
          />
        ) : (
          <>
            <TextField
              label={t.user}
              value={user}
              onValue={setUser}
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              required
              autofocus
            />
            <TextField
              label={t.password}
              type="password"
              value={password}
              onValue={setPassword}
              autocomplete="current-password"
              required
            />
            {codeAsked && (
              <>
                <Note>{t.codeNeeded}</Note>
                <TextField
                  label={t.code}
                  hint={t.codeHint}
                  value={code}
                  onValue={setCode}
                  autocomplete="one-time-code"
                  spellcheck={false}
                  required
                  inputRef={codeInput}
                />
              </>
            )}
          </>
        )}
        <Failure
          error={error}
          sentence={({ code: what, waitS, sentence }) => {
            if (what === Code.Unauthenticated) return codeAsked ? t.wrongCode : t.wrong;
            return waitS === undefined ? undefined : sentence;
          }}
        />
        <Button kind="primary" type="submit" busy={busy}>
          {t.submit}
        </Button>
      </form>
      {!withToken && <p class="small muted">{t.forgotten}</p>}
      {!current?.firstUserMissing && (
        <Button
          kind="quiet"
          onClick={() => {
            setWithToken(!withToken);
            setError(undefined);
          }}
        >
          {withToken ? t.withPassword : t.withToken}
        </Button>
      )}
    </Card>
  );
}
