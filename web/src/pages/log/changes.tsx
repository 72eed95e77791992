import { useState } from "preact/hooks";
import { node } from "../../api";
import { Effect, Role } from "../../gen/daftar/v1/types_pb";
import { logWords } from "../../i18n/log";
import { nameWords } from "../../i18n/names";
import { proofWords } from "../../i18n/proof";
import { useWords } from "../../i18n/words";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { IconLog, IconSearch } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading } from "../../ui/layout";
import { Time } from "../../ui/marks";
import { More, Table } from "../../ui/table";
import { usePages } from "../../use_pages";
import { sayChange } from "./change_words";

const NOBODY = { object: "", by: "", since: "" };

export function Changes() {
  const t = useWords(logWords);
  const names = useWords(nameWords);
  const { kinds } = useWords(proofWords);
  const say = (text: string) =>
    sayChange(text, {
      words: t.objects,
      kind: (name) => kinds[name],
      role: (name) => names.roles[Role[name.toUpperCase() as keyof typeof Role]],
      effect: (name) => names.effects[Effect[name.toUpperCase() as keyof typeof Effect]],
    });
  const [typed, setTyped] = useState(NOBODY);
  const [wanted, setWanted] = useState(NOBODY);
  const list = usePages(
    async (pageToken, signal) => {
      const answer = await node.listChanges({ ...wanted, pageToken }, { signal });
      return { rows: answer.changes, next: answer.nextPageToken };
    },
    [wanted],
  );
  const filtered = wanted.object !== "" || wanted.by !== "" || wanted.since !== "";
  return (
    <div class="stack">
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          setWanted({ object: typed.object.trim(), by: typed.by.trim(), since: typed.since });
        }}
      >
        <TextField
          label={t.object}
          hint={t.objectHint}
          value={typed.object}
          autocomplete="off"
          onValue={(object) => setTyped({ ...typed, object })}
        />
        <TextField
          label={t.by}
          hint={t.byHint}
          value={typed.by}
          autocomplete="off"
          onValue={(by) => setTyped({ ...typed, by })}
        />
        <TextField
          label={t.from}
          type="date"
          value={typed.since}
          onValue={(since) => setTyped({ ...typed, since })}
        />
        <Button type="submit" icon={IconSearch}>
          {t.find}
        </Button>
      </form>
      <Failure error={list.error} again={list.again} />
      {!list.rows && list.loading && <Loading />}
      {list.rows?.length === 0 && !list.hasMore && (
        <Card>
          <EmptyState icon={IconLog} title={t.changesNone}>
            {filtered ? t.changesNoneFound : t.changesNoneHint}
          </EmptyState>
        </Card>
      )}
      {list.rows && (list.rows.length > 0 || list.hasMore) && (
        <Card>
          <Table
            caption={t.tabs.changes}
            rows={list.rows.map((row, at) => ({ ...row, at: row.at, key: String(at) }))}
            rowKey={(row) => row.key}
            columns={[
              {
                key: "what",
                title: t.change,
                lead: true,
                render: (row) => <strong>{t.actions[row.action] ?? row.action}</strong>,
              },
              { key: "object", title: t.onWhat, render: (row) => <span class="small breaks">{say(row.object)}</span> },
              { key: "because", title: t.whyDone, render: (row) => say(row.because) },
              { key: "by", title: t.by, render: (row) => row.by.replace(/^user:/, "") || t.theNode },
              { key: "at", title: t.when, render: (row) => <Time at={row.at} /> },
            ]}
          />
          {list.hasMore && <More busy={list.busy} onMore={list.onMore} />}
        </Card>
      )}
    </div>
  );
}
