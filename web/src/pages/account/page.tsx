import { shellWords } from "../../i18n/shell";
import { useWords } from "../../i18n/words";
import { Page, PageHeader } from "../../ui/layout";

export default function Account() {
  const t = useWords(shellWords);
  return (
    <Page>
      <PageHeader title={t.account} />
    </Page>
  );
}
