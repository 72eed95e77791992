import "../log/log.css";
import { checkedHere } from "../../buyer";
import { counterWords } from "../../i18n/counter";
import { useWords } from "../../i18n/words";
import { href } from "../../router";
import type { PageProps } from "../../routes";
import { EmptyState, Page, PageHeader } from "../../ui/layout";
import { useOpens } from "../../use_opens";
import { Receipt } from "../log/receipt";

// Why a check was answered as it was: the page of the log, reached from the counter.
export default function FromCounter({ parts }: PageProps) {
  const t = useWords(counterWords);
  const counter = useOpens("counter");
  const receipt = parts[0] ?? "";
  const back = counter ? { href: href("counter"), label: t.receiptBack } : undefined;
  if (!receipt) {
    return (
      <Page>
        <PageHeader title={t.receiptTitle} back={back} />
        <EmptyState title={t.receiptMissing} />
      </Page>
    );
  }
  return <Receipt key={receipt} receipt={receipt} buyer={checkedHere.get(receipt)?.display} back={back} />;
}
