import { Code, ConnectError } from "@connectrpc/connect";
import { useEffect, useState } from "preact/hooks";
import { sessions } from "../../api";
import { accountWords } from "../../i18n/account";
import { useWords } from "../../i18n/words";
import { usersWords } from "../../i18n/users";
import { welcomeWords } from "../../i18n/welcome";
import { goInstead, href } from "../../router";
import { session, useSession } from "../../session";
import { USER_NAME } from "../../user_name";
import { Button, LinkButton } from "../../ui/button";
import { TextField } from "../../ui/field";
import { say } from "../../ui/toast";
import { Card, EmptyState, Failure, Note, PageHeader } from "../../ui/layout";
import { NewPassword } from "../account/new_password";
import { passwordFault } from "../account/password";
import { SecondFactor } from "../account/second_factor";

// By a one-time link: chooses a password, and sets up the second factor where the role needs one.
export default function Welcome({ secret: given }: { secret: string }) {
  const t = useWords(welcomeWords);
  const words = useWords(accountWords);
  const names = useWords(usersWords);
  const current = useSession();
  const [secret] = useState(given);
  const [first] = useState(current?.firstUserMissing ?? false);
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [entered, setEntered] = useState(false);
  // The secret leaves the address, and so the browser's history.
  useEffect(() => {
    if (given) goInstead("welcome");
  }, [given]);

  const fault = passwordFault(password, words);
  const differs = password !== repeated;
  const nameFault = first && !USER_NAME.test(user.trim()) ? names.nameWrong : undefined;
  const submit = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (busy || fault || differs || nameFault) return;
    setBusy(true);
    setError(undefined);
    try {
      const answer = await sessions.useLink({ secret, user: first ? user.trim() : "", password });
      const now = answer.signedIn ?? (await sessions.getSession({}));
      session.set(now);
      // The first user has chosen the name just now.
      if (!first) say(t.signsInAs(now.user.replace(/^user:/, "")));
      setPassword("");
      setRepeated("");
      if (now.secondFactorMissing) setEntered(true);
      else goInstead("");
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  if (entered) {
    return (
      <Card>
        <PageHeader title={words.factorTitle} intro={t.step(2, 2)} />
        {!first && current?.user && <Note>{t.signsInAs(current.user.replace(/^user:/, ""))}</Note>}
        <SecondFactor onDone={() => goInstead("")} />
      </Card>
    );
  }
  const usedUp = error !== undefined && ConnectError.from(error).code === Code.NotFound;
  if (!secret || usedUp) {
    return (
      <Card>
        <EmptyState
          title={t.usedUp}
          action={current?.firstUserMissing ? undefined : <LinkButton href={href("sign-in")}>{t.signIn}</LinkButton>}
        >
          {current?.firstUserMissing ? t.usedUpFirst : t.usedUpHint}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card>
      <PageHeader title={t.title} intro={t.intro} />
      {first && <Note>{t.first}</Note>}
      <form class="stack" onSubmit={submit}>
        {first && (
          <TextField
            label={t.user}
            hint={t.userHint}
            error={tried ? nameFault : undefined}
            value={user}
            onValue={setUser}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            autofocus
          />
        )}
        <NewPassword
          label={t.password}
          repeatLabel={t.repeat}
          password={password}
          repeated={repeated}
          fault={tried ? fault : undefined}
          differs={tried && differs}
          onPassword={setPassword}
          onRepeated={setRepeated}
        />
        <Failure error={error} />
        <Button kind="primary" type="submit" busy={busy}>
          {t.submit}
        </Button>
      </form>
    </Card>
  );
}
