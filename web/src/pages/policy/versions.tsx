// The policies that were in force before.
import { useState } from "preact/hooks";
import { policy } from "../../api";
import type { GetPolicyResponse } from "../../gen/daftar/v1/policy_pb";
import { policyWords } from "../../i18n/policy";
import { useWords } from "../../i18n/words";
import { Button } from "../../ui/button";
import { Card, Failure } from "../../ui/layout";
import { Badge, Time } from "../../ui/marks";
import { Table } from "../../ui/table";

const SHORT = 8;

export function Versions({ inForce, onTake }: { inForce: GetPolicyResponse; onTake: (toml: string) => void }) {
  const t = useWords(policyWords);
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>();
  const take = async (hash: string, key: string) => {
    setBusy(key);
    setError(undefined);
    try {
      onTake((await policy.getPolicy({ hash })).toml);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy("");
    }
  };
  if (inForce.versions.length === 0) {
    return (
      <Card>
        <p class="muted">{t.versionsNone}</p>
      </Card>
    );
  }
  return (
    <Card>
      <Failure error={error} />
      <Table
        caption={t.tabs.versions}
        rows={inForce.versions}
        rowKey={(row) => row.hash + row.since}
        columns={[
          {
            key: "version",
            title: t.version,
            lead: true,
            render: (row) => (
              <span class="row">
                <code>{row.hash.slice(0, SHORT)}</code>
                {row === inForce.versions[0] && <Badge tone="good">{t.current}</Badge>}
              </span>
            ),
          },
          { key: "since", title: t.since, render: (row) => <Time at={row.since} /> },
          {
            key: "take",
            title: t.look,
            render: (row) =>
              row === inForce.versions[0] ? (
                ""
              ) : (
                <Button busy={busy === row.hash + row.since} onClick={() => take(row.hash, row.hash + row.since)}>
                  {t.look}
                </Button>
              ),
          },
        ]}
      />
    </Card>
  );
}
