import { groupsWords } from "../../i18n/groups";
import { useWords } from "../../i18n/words";
import { MANAGERS_AND_AUDITORS } from "../../roles";
import { go, href } from "../../router";
import type { PageProps } from "../../routes";
import { useMay } from "../../session";
import { Page, PageHeader } from "../../ui/layout";
import { Tabs } from "../../ui/tabs";
import { Allowed } from "./allowed";
import { Groups } from "./list";
import { Report } from "./report";
import { Warnings } from "./warnings";

type Part = "groups" | "report" | "allowed" | "warnings";

export default function GroupsPage({ parts }: PageProps) {
  const t = useWords(groupsWords);
  const reads = useMay(MANAGERS_AND_AUDITORS);
  const shown: Part[] = ["groups", ...(reads ? (["report", "allowed", "warnings"] as const) : [])];
  const current = shown.find((part) => part === parts[0]) ?? "groups";
  return (
    <Page>
      <PageHeader title={t.title} intro={t.intro} back={{ href: href("policy"), label: t.back }} />
      <Tabs
        label={t.title}
        tabs={shown.map((id) => ({ id, label: t.tabs[id] }))}
        current={current}
        onChange={(part) => go("groups", part)}
      >
        {current === "groups" && <Groups />}
        {current === "report" && <Report />}
        {current === "allowed" && <Allowed />}
        {current === "warnings" && <Warnings />}
      </Tabs>
    </Page>
  );
}
