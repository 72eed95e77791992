import { Code } from "@connectrpc/connect";
import { useState } from "preact/hooks";
import { sessions } from "../../api";
import { accountWords } from "../../i18n/account";
import { useWords } from "../../i18n/words";
import { useSession } from "../../session";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Failure } from "../../ui/layout";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";
import { NewPassword } from "./new_password";
import { passwordFault } from "./password";

export function ChangePassword() {
  const t = useWords(accountWords);
  const user = useSession()?.user ?? "";
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [tried, setTried] = useState(false);
  const change = useWrite((requestId, input: { oldPassword: string; newPassword: string }) =>
    sessions.setPassword({ requestId, ...input }),
  );
  const fault = passwordFault(password, t);
  const differs = password !== repeated;
  return (
    <form
      class="stack"
      onSubmit={async (event) => {
        event.preventDefault();
        setTried(true);
        if (fault || differs) return;
        if (!(await change.run({ oldPassword: old, newPassword: password }))) return;
        setOld("");
        setPassword("");
        setRepeated("");
        setTried(false);
        say(t.passwordChanged);
      }}
    >
      {/* So that password keepers know whose it is. */}
      <input class="visually-hidden" type="text" autocomplete="username" value={user} readOnly hidden />
      <TextField
        label={t.oldPassword}
        type="password"
        value={old}
        onValue={setOld}
        autocomplete="current-password"
        required
      />
      <NewPassword
        label={t.newPassword}
        repeatLabel={t.repeatPassword}
        password={password}
        repeated={repeated}
        fault={tried ? fault : undefined}
        differs={tried && differs}
        onPassword={setPassword}
        onRepeated={setRepeated}
      />
      <p class="muted">{t.changingEnds}</p>
      <Failure
        error={change.error}
        sentence={({ code }) =>
          code === Code.PermissionDenied || code === Code.Unauthenticated ? t.oldWrong : undefined
        }
      />
      <div class="row">
        <Button type="submit" busy={change.busy}>
          {t.changePassword}
        </Button>
      </div>
    </form>
  );
}
