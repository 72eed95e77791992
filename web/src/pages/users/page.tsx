import { useState } from "preact/hooks";
import { node } from "../../api";
import type { User } from "../../gen/daftar/v1/node_pb";
import { nameWords } from "../../i18n/names";
import { usersWords } from "../../i18n/users";
import { useWords } from "../../i18n/words";
import { isOwner, OPERATORS, Role } from "../../roles";
import { useMay, useSession } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { IconPlus, IconUsers } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading, Page, PageHeader } from "../../ui/layout";
import { Age, Badge } from "../../ui/marks";
import { Table } from "../../ui/table";
import { useAsk } from "../../use_ask";
import { Add, Once, type Shown } from "./add";

const person = (by: string) => by.replace(/^user:/, "");

export default function Users() {
  const t = useWords(usersWords);
  const names = useWords(nameWords);
  const may = useMay(OPERATORS);
  const session = useSession();
  const self = person(session?.user ?? "");
  // Only an owner adds, resets or removes one.
  const owner = isOwner(session?.roles ?? []);
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<Shown>();
  const [act, setAct] = useState<{ what: "reset" | "remove"; user: User }>();
  const asked = useAsk((signal) => node.listUsers({}, { signal }), []);
  const how = (user: User) => {
    if (user.uid !== undefined) return t.how.local(user.uid);
    if (!user.signsIn) return t.how.key;
    return user.hasSecondFactor ? t.how.factor : t.how.password;
  };
  const addButton = may && (
    <Button kind="primary" icon={IconPlus} onClick={() => setAdding(true)}>
      {t.add}
    </Button>
  );
  return (
    <Page>
      <PageHeader title={t.title} intro={t.intro} actions={addButton} />
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value?.users.length === 0 && (
        <Card>
          <EmptyState icon={IconUsers} title={t.none}>
            {t.noneHint}
          </EmptyState>
        </Card>
      )}
      {asked.value && asked.value.users.length > 0 && (
        <Card>
          <Table
            caption={t.title}
            rows={asked.value.users}
            rowKey={(row) => row.name}
            columns={[
              {
                key: "name",
                title: t.name,
                lead: true,
                render: (row) => (
                  <span class="row">
                    <strong>{row.name}</strong>
                    {row.name === self && <Badge tone="blue">{t.yourself}</Badge>}
                  </span>
                ),
              },
              { key: "role", title: t.role, render: (row) => names.roles[row.role] },
              { key: "how", title: t.signsIn, render: how },
              {
                key: "since",
                title: t.since,
                render: (row) => (
                  <>
                    <Age at={row.addedAt} /> <span class="muted">{row.addedBy && t.by(person(row.addedBy))}</span>
                  </>
                ),
              },
              ...(may
                ? [
                    {
                      key: "change",
                      title: t.change,
                      render: (row: User) =>
                        (owner || row.role !== Role.OWNER) && (
                          <span class="row">
                            {row.signsIn && (
                              <Button onClick={() => setAct({ what: "reset", user: row })}>{t.reset}</Button>
                            )}
                            {row.name !== self && (
                              <Button kind="danger" onClick={() => setAct({ what: "remove", user: row })}>
                                {t.remove}
                              </Button>
                            )}
                          </span>
                        ),
                    },
                  ]
                : []),
            ]}
          />
        </Card>
      )}
      {adding && (
        <Add
          owner={owner}
          onClose={() => setAdding(false)}
          onDone={(made) => {
            setShown(made);
            asked.again();
          }}
        />
      )}
      {shown && <Once shown={shown} onClose={() => setShown(undefined)} />}
      {act?.what === "reset" && (
        <BecauseDialog
          title={t.reset}
          confirm={t.reset}
          danger
          write={(requestId, because) => node.resetSignIn({ requestId, name: act.user.name, because })}
          onDone={({ link, linkExpiresAt }) => {
            setShown({ name: act.user.name, token: "", link, until: linkExpiresAt });
            asked.again();
          }}
          onClose={() => setAct(undefined)}
        >
          <p>{t.resetHint(act.user.name)}</p>
        </BecauseDialog>
      )}
      {act?.what === "remove" && (
        <BecauseDialog
          title={t.remove}
          confirm={t.remove}
          done={t.removed}
          danger
          write={(requestId, because) => node.removeUser({ requestId, name: act.user.name, because })}
          onDone={asked.again}
          onClose={() => setAct(undefined)}
        >
          <p>{t.removeHint(act.user.name)}</p>
        </BecauseDialog>
      )}
    </Page>
  );
}
