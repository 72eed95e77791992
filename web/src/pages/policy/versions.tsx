// The policies that were in force before.
import { useState } from "preact/hooks";
import { node, policy } from "../../api";
import type { Change } from "../../gen/daftar/v1/node_pb";
import type { GetPolicyResponse, PolicyVersion } from "../../gen/daftar/v1/policy_pb";
import { policyWords } from "../../i18n/policy";
import { useWords } from "../../i18n/words";
import { MANAGERS_AND_AUDITORS } from "../../roles";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { Card, Failure } from "../../ui/layout";
import { Badge, Time } from "../../ui/marks";
import { Table } from "../../ui/table";
import { useAsk } from "../../use_ask";

const SHORT = 8;
// Of so many policies the reason is asked for.
const MOST_ASKED = 20;
// Between noting that a policy was put in force and its being in force.
const SAME_MS = 60_000;

// Who put each in force, and why, for those who read what was changed.
function useReasons(versions: readonly PolicyVersion[]): (version: PolicyVersion) => Change | undefined {
  const may = useMay(MANAGERS_AND_AUDITORS);
  const hashes = [...new Set(versions.map(({ hash }) => hash))].slice(0, MOST_ASKED);
  const asked = useAsk(
    async (signal) => {
      if (!may) return [];
      const answers = await Promise.all(hashes.map((object) => node.listChanges({ object }, { signal })));
      return answers.flatMap(({ changes }) => changes.filter(({ action }) => action === "policy.put"));
    },
    [may, hashes.join(" ")],
  );
  return ({ hash, since }) =>
    asked.value?.find(
      ({ object, at }) => object === hash && Math.abs(Date.parse(at) - Date.parse(since)) < SAME_MS,
    );
}

export function Versions({ inForce, onTake }: { inForce: GetPolicyResponse; onTake: (toml: string) => void }) {
  const t = useWords(policyWords);
  const reasonOf = useReasons(inForce.versions);
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
            key: "why",
            title: t.why,
            render: (row) => {
              const put = reasonOf(row);
              return (
                put && (
                  <>
                    {put.because} <span class="muted">{t.putBy(put.by.replace(/^user:/, ""))}</span>
                  </>
                )
              );
            },
          },
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
