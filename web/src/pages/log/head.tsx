import { node } from "../../api";
import { useFormat } from "../../format/use_format";
import { logWords } from "../../i18n/log";
import { useWords } from "../../i18n/words";
import { PARTNER_READERS } from "../../roles";
import { useMay } from "../../session";
import { CopyButton } from "../../ui/copy_button";
import { Card, Facts, Failure, Loading } from "../../ui/layout";
import { Age, Time } from "../../ui/marks";
import { Table } from "../../ui/table";
import { useAsk } from "../../use_ask";
import { Export } from "./export";

const SHORT = 16;

function Keys() {
  const t = useWords(logWords);
  const asked = useAsk((signal) => node.getLogPolicy({}, { signal }), []);
  return asked.value ? <CopyButton text={asked.value.policy}>{t.copyKeys}</CopyButton> : null;
}

export function Head() {
  const t = useWords(logWords);
  const format = useFormat();
  const seesPartners = useMay(PARTNER_READERS);
  const asked = useAsk((signal) => node.getLogHead({}, { signal }), []);
  const head = asked.value;
  return (
    <div class="stack stack-large">
      <Failure error={asked.error} again={asked.again} />
      {!head && asked.loading && <Loading />}
      {head && (
        <Card title={t.head}>
          <p class="muted">{t.headIntro}</p>
          {head.root ? (
            <>
              <Facts
                facts={[
                  { name: t.size, value: format.number(head.size) },
                  { name: t.root, value: <code title={head.root}>{`${head.root.slice(0, SHORT)}…`}</code> },
                  { name: t.signedAt, value: <Age at={head.signedAt} /> },
                ]}
              />
              <div class="row">
                <CopyButton text={head.root}>{t.copyRoot}</CopyButton>
                {seesPartners && <Keys />}
              </div>
            </>
          ) : (
            <p>{t.headNone}</p>
          )}
        </Card>
      )}
      {head?.root && seesPartners && (
        <Card title={t.cosigners}>
          {head.cosignatures.length === 0 ? (
            <p class="muted">{t.cosignersNone}</p>
          ) : (
            <Table
              caption={t.cosigners}
              rows={head.cosignatures}
              rowKey={(row) => row.witness}
              columns={[
                { key: "who", title: t.partner, lead: true, render: (row) => row.witness },
                { key: "at", title: t.confirmed, render: (row) => <Time at={row.at} /> },
              ]}
            />
          )}
        </Card>
      )}
      {seesPartners && (head || asked.error !== undefined) && <Export signed={Boolean(head?.root)} />}
    </div>
  );
}
