import { sessions } from "../../api";
import type { Session } from "../../gen/daftar/v1/session_pb";
import { accountWords } from "../../i18n/account";
import { useWords } from "../../i18n/words";
import { Button } from "../../ui/button";
import { IconCheck } from "../../ui/icons";
import { Failure, Loading } from "../../ui/layout";
import { Age, Badge, Time } from "../../ui/marks";
import { type Column, Table } from "../../ui/table";
import { say } from "../../ui/toast";
import { useAsk } from "../../use_ask";
import { useWrite } from "../../use_write";

export function Sessions() {
  const t = useWords(accountWords);
  const asked = useAsk((signal) => sessions.listSessions({}, { signal }), []);
  const end = useWrite((requestId, input: { id: string }) => sessions.endSession({ requestId, ...input }));
  const columns: Column<Session>[] = [
    { key: "since", title: t.sessionSince, render: (row) => <Time at={row.signedInAt} /> },
    { key: "used", title: t.sessionUsed, render: (row) => <Age at={row.lastUsedAt} /> },
    { key: "ends", title: t.sessionEnds, render: (row) => <Age at={row.expiresAt} /> },
    {
      key: "end",
      title: t.sessionEnd,
      end: true,
      render: (row) =>
        row.current ? (
          <Badge tone="good" icon={IconCheck}>
            {t.sessionThis}
          </Badge>
        ) : (
          <Button
            busy={end.busy}
            onClick={async () => {
              if (!(await end.run({ id: row.id }))) return;
              say(t.sessionEnded);
              asked.again();
            }}
          >
            {t.sessionEnd}
          </Button>
        ),
    },
  ];
  return (
    <>
      <Failure error={asked.error ?? end.error} again={asked.error === undefined ? undefined : asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value && (
        <Table
          caption={t.sessionsTitle}
          columns={columns}
          rows={asked.value.sessions}
          rowKey={(row) => row.id}
        />
      )}
    </>
  );
}
