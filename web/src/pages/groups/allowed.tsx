import { useState } from "preact/hooks";
import { book } from "../../api";
import type { Allowed as Entry } from "../../gen/daftar/v1/book_pb";
import { groupsWords } from "../../i18n/groups";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { IconPlus } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading } from "../../ui/layout";
import { Age } from "../../ui/marks";
import { More, Table } from "../../ui/table";
import { usePages } from "../../use_pages";
import { anyIdentifier } from "./identifier";

export function Allowed() {
  const t = useWords(groupsWords);
  const may = useMay(MANAGERS);
  const [typed, setTyped] = useState<string>();
  const [removing, setRemoving] = useState<Entry>();
  const list = usePages(async (pageToken, signal) => {
    const answer = await book.listAllowed({ pageToken }, { signal });
    return { rows: answer.allowed, next: answer.nextPageToken };
  }, []);
  const add = may && (
    <Button kind="primary" icon={IconPlus} onClick={() => setTyped("")}>
      {t.allow}
    </Button>
  );
  return (
    <div class="stack">
      <p class="muted">{t.allowedHint}</p>
      <Failure error={list.error} again={list.again} />
      {!list.rows && list.loading && <Loading />}
      {list.rows?.length === 0 && (
        <Card>
          <EmptyState title={t.allowedNone} action={add}>
            {t.allowedNoneHint}
          </EmptyState>
        </Card>
      )}
      {list.rows && list.rows.length > 0 && (
        <Card title={t.tabs.allowed} actions={add}>
          <Table
            caption={t.tabs.allowed}
            rows={list.rows}
            rowKey={(row) => row.id}
            columns={[
              { key: "buyer", title: t.buyer, lead: true, render: (row) => <strong>{row.identifiers.join(", ")}</strong> },
              { key: "because", title: t.because, render: (row) => row.because },
              { key: "by", title: t.by, render: (row) => row.addedBy.replace(/^user:/, "") },
              { key: "when", title: t.when, render: (row) => <Age at={row.addedAt} /> },
              ...(may
                ? [
                    {
                      key: "change",
                      title: t.change,
                      render: (row: Entry) => <Button onClick={() => setRemoving(row)}>{t.remove}</Button>,
                    },
                  ]
                : []),
            ]}
          />
          {list.hasMore && <More busy={list.busy} onMore={list.onMore} />}
        </Card>
      )}
      {typed !== undefined && (
        <BecauseDialog
          title={t.allow}
          confirm={t.allow}
          done={t.allowedDone}
          ready={typed.trim() !== ""}
          sends={typed}
          write={(requestId, because) =>
            book.addAllowed({ requestId, identifiers: [anyIdentifier(typed)], because })
          }
          onDone={list.again}
          onClose={() => setTyped(undefined)}
        >
          <TextField
            label={t.identifier}
            hint={t.identifierHint}
            value={typed}
            autocomplete="off"
            onValue={setTyped}
          />
        </BecauseDialog>
      )}
      {removing && (
        <BecauseDialog
          title={t.disallow}
          confirm={t.disallow}
          done={t.disallowDone}
          danger
          write={(requestId, because) =>
            book.removeAllowed({ requestId, by: { case: "id", value: removing.id }, because })
          }
          onDone={list.again}
          onClose={() => setRemoving(undefined)}
        >
          <p>{t.disallowHint}</p>
        </BecauseDialog>
      )}
    </div>
  );
}
