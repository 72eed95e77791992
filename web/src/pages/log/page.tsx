import "./log.css";
import { logWords } from "../../i18n/log";
import { useWords } from "../../i18n/words";
import { MANAGERS_AND_AUDITORS, READERS } from "../../roles";
import { go } from "../../router";
import type { PageProps } from "../../routes";
import { useMay } from "../../session";
import { Page, PageHeader } from "../../ui/layout";
import { Tabs } from "../../ui/tabs";
import { Changes } from "./changes";
import { Head } from "./head";
import { Proof } from "./proof";
import { Receipt } from "./receipt";
import { Receipts } from "./receipts";

type Part = "receipts" | "changes" | "proof" | "head";

export default function Log({ parts }: PageProps) {
  const t = useWords(logWords);
  const receipts = useMay(READERS);
  const reads = useMay(MANAGERS_AND_AUDITORS);
  const shown: Part[] = [
    ...(receipts ? (["receipts"] as const) : []),
    ...(reads ? (["changes", "proof"] as const) : []),
    "head",
  ];
  const [first, id] = parts;
  if (first === "receipt" && id && receipts) return <Receipt key={id} receipt={id} />;
  const current = shown.find((part) => part === first) ?? shown[0] ?? "head";
  return (
    <Page>
      <PageHeader title={t.title} intro={t.intro} />
      <Tabs
        label={t.title}
        tabs={shown.map((part) => ({ id: part, label: t.tabs[part] }))}
        current={current}
        onChange={(part) => go("log", part)}
      >
        {current === "receipts" && <Receipts />}
        {current === "changes" && <Changes />}
        {current === "proof" && <Proof />}
        {current === "head" && <Head />}
      </Tabs>
    </Page>
  );
}
