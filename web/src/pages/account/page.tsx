import { accountWords } from "../../i18n/account";
import { useWords } from "../../i18n/words";
import { useSession } from "../../session";
import { IconCheck, IconWarning } from "../../ui/icons";
import { Card, Note, Page, PageHeader } from "../../ui/layout";
import { Badge } from "../../ui/marks";
import { ChangePassword } from "./change_password";
import { SecondFactor } from "./second_factor";
import { Sessions } from "./sessions";

// What belongs to the one who is signed in.
export default function Account() {
  const t = useWords(accountWords);
  const current = useSession();
  const missing = current?.secondFactorMissing ?? false;
  const has = current?.hasSecondFactor ?? false;
  return (
    <Page>
      <PageHeader title={t.title} intro={t.signedInAs(current?.user ?? "")} />
      {missing && <Note tone="amber">{t.factorNeeded}</Note>}
      <Card
        title={t.factorTitle}
        actions={
          <Badge tone={has ? "good" : "plain"} icon={has ? IconCheck : IconWarning}>
            {has ? t.factorOn : t.factorOff}
          </Badge>
        }
      >
        <SecondFactor />
      </Card>
      {!missing && (
        <>
          <Card title={t.passwordTitle}>
            <ChangePassword />
          </Card>
          <Card title={t.sessionsTitle}>
            <Sessions />
          </Card>
        </>
      )}
    </Page>
  );
}
