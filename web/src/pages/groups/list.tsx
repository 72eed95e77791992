import { useState } from "preact/hooks";
import { book } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Group } from "../../gen/daftar/v1/book_pb";
import { Effect } from "../../gen/daftar/v1/types_pb";
import { groupsWords } from "../../i18n/groups";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { IconCustomers, IconPlus } from "../../ui/icons";
import { Card, EmptyState, Failure, Loading } from "../../ui/layout";
import { Table } from "../../ui/table";
import { say } from "../../ui/toast";
import { useAsk } from "../../use_ask";
import { EditGroup } from "./edit";
import { useGroupName } from "../../use_group_name";

function useTerms() {
  const t = useWords(groupsWords);
  const names = useWords(nameWords);
  const format = useFormat();
  return (group: Group) => {
    const terms: string[] = [];
    if (group.atLeast !== Effect.UNSPECIFIED || group.atMost !== Effect.UNSPECIFIED) {
      const least = group.atLeast || Effect.ACCEPT;
      const most = group.atMost || Effect.DECLINE;
      terms.push(
        least === most ? t.always(names.effects[least]) : t.between(names.effects[least], names.effects[most]),
      );
    }
    if (group.depositPpm !== undefined) terms.push(t.depositIs(format.percent(group.depositPpm, 2)));
    if (group.creditLimits.length > 0) terms.push(t.owes(format.list(group.creditLimits.map(format.money))));
    if (group.creditDays !== undefined) terms.push(t.days(format.number(group.creditDays)));
    if (group.priceList) terms.push(t.prices(group.priceList));
    if (group.bonusCard) terms.push(t.bonus);
    return terms;
  };
}

export function Groups() {
  const groupName = useGroupName();
  const t = useWords(groupsWords);
  const format = useFormat();
  const terms = useTerms();
  const may = useMay(MANAGERS);
  const [editing, setEditing] = useState<{ group: Group | undefined }>();
  const [removing, setRemoving] = useState<Group>();
  const asked = useAsk((signal) => book.listGroups({}, { signal }), []);
  const add = may && (
    <Button kind="primary" icon={IconPlus} onClick={() => setEditing({ group: undefined })}>
      {t.add}
    </Button>
  );
  return (
    <div class="stack">
      <Failure error={asked.error} again={asked.again} />
      {!asked.value && asked.loading && <Loading />}
      {asked.value?.groups.length === 0 && (
        <Card>
          <EmptyState icon={IconCustomers} title={t.none} action={add}>
            {t.noneHint}
          </EmptyState>
        </Card>
      )}
      {asked.value && asked.value.groups.length > 0 && (
        <Card title={t.tabs.groups} actions={add}>
          <Table
            caption={t.tabs.groups}
            rows={asked.value.groups}
            rowKey={(row) => row.name}
            columns={[
              { key: "name", title: t.name, lead: true, render: (row) => <strong>{groupName(row.name)}</strong> },
              { key: "order", title: t.order, end: true, render: (row) => format.number(row.precedence) },
              {
                key: "terms",
                title: t.terms,
                render: (row) => (
                  <ul>
                    {terms(row).map((term) => (
                      <li key={term}>{term}</li>
                    ))}
                    <li class="muted">{row.rule ? t.byRule : t.byHand}</li>
                  </ul>
                ),
              },
              ...(may
                ? [
                    {
                      key: "change",
                      title: t.change,
                      render: (row: Group) => (
                        <span class="row">
                          <Button onClick={() => setEditing({ group: row })}>{t.change}</Button>
                          <Button kind="danger" onClick={() => setRemoving(row)}>
                            {t.remove}
                          </Button>
                        </span>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        </Card>
      )}
      {editing && (
        <EditGroup group={editing.group} onDone={asked.again} onClose={() => setEditing(undefined)} />
      )}
      {removing && (
        <BecauseDialog
          title={t.removeTitle}
          confirm={t.remove}
          danger
          write={(requestId, because) => book.removeGroup({ requestId, name: removing.name, because })}
          onDone={(answer) => {
            say(t.removed(format.number(answer.customers)));
            asked.again();
          }}
          onClose={() => setRemoving(undefined)}
        >
          <p>{t.removeHint(groupName(removing.name))}</p>
        </BecauseDialog>
      )}
    </div>
  );
}
