// Adding somebody, and what is shown of it once.
import { useState } from "preact/hooks";
import { node } from "../../api";
import { useFormat } from "../../format/use_format";
import { Role } from "../../gen/daftar/v1/types_pb";
import { nameWords } from "../../i18n/names";
import { usersWords } from "../../i18n/users";
import { useWords } from "../../i18n/words";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { RadioGroup, SelectField, TextField } from "../../ui/field";
import { Note } from "../../ui/layout";
import { ShareCode } from "../../ui/share_code";
import { USER_NAME } from "../../user_name";

const ROLES = [Role.STAFF, Role.MANAGER, Role.OPERATOR, Role.AUDITOR, Role.OWNER];

export interface Shown {
  name: string;
  token: string;
  link: string;
  until: string;
}

export function Add({
  owner,
  onDone,
  onClose,
}: {
  // Whether an owner adds, who alone adds another.
  owner: boolean;
  onDone: (shown: Shown) => void;
  onClose: () => void;
}) {
  const t = useWords(usersWords);
  const names = useWords(nameWords);
  const [name, setName] = useState("");
  const [kind, setKind] = useState<"person" | "program">("person");
  const [role, setRole] = useState(Role.STAFF);
  const tidy = name.trim();
  return (
    <BecauseDialog
      title={t.add}
      confirm={t.add}
      done={t.added}
      optional
      ready={USER_NAME.test(tidy)}
      sends={[tidy, role, kind]}
      write={(requestId, because) =>
        node.addUser({ requestId, name: tidy, role, because, signsIn: kind === "person" })
      }
      onDone={({ token, link, linkExpiresAt }) => onDone({ name: tidy, token, link, until: linkExpiresAt })}
      onClose={onClose}
    >
      <TextField
        label={t.name}
        hint={t.nameHint}
        error={tidy && !USER_NAME.test(tidy) ? t.nameWrong : ""}
        value={name}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        onValue={setName}
      />
      <RadioGroup
        label={t.kind}
        value={kind}
        options={[
          { value: "person", label: t.person, hint: t.personHint },
          { value: "program", label: t.program, hint: t.programHint },
        ]}
        onValue={setKind}
      />
      <SelectField
        label={t.role}
        hint={t.roleHints[role]}
        value={String(role)}
        options={ROLES.filter((each) => owner || each !== Role.OWNER).map((each) => ({ value: String(each), label: names.roles[each] }))}
        onValue={(value) => setRole(Number(value))}
      />
    </BecauseDialog>
  );
}

// A link or a key, which nobody can see again.
export function Once({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const t = useWords(usersWords);
  const format = useFormat();
  const { name, token, link, until } = shown;
  return (
    <Dialog title={link ? t.linkReady : token ? t.tokenReady : t.added} onClose={onClose}>
      {link && (
        <>
          <p>{t.linkHint(name)}</p>
          <ShareCode code={location.origin + link} picture={t.linkQr} />
          {until && <p class="small">{t.linkUntil(format.time(until))}</p>}
          <Note tone="amber">{t.linkOnce}</Note>
        </>
      )}
      {token && (
        <>
          <p>{t.tokenHint(name)}</p>
          <ShareCode code={token} />
          <Note tone="amber">{t.tokenOnce}</Note>
        </>
      )}
      {!link && !token && <Note tone="amber">{t.gone}</Note>}
      <div class="row row-end">
        <Button kind="primary" onClick={onClose}>
          {t.finished}
        </Button>
      </div>
    </Dialog>
  );
}
