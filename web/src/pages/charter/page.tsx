import "./charter.css";
import { useState } from "preact/hooks";
import { node } from "../../api";
import type { PartnerCharter } from "../../gen/daftar/v1/node_pb";
import { charterWords } from "../../i18n/charter";
import { useWords } from "../../i18n/words";
import { download } from "../../print";
import { OPERATORS } from "../../roles";
import { href } from "../../router";
import { useMay } from "../../session";
import { useOpens } from "../../use_opens";
import { BecauseDialog } from "../../ui/because_dialog";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy_button";
import { Field } from "../../ui/field";
import { Fold } from "../../ui/fold";
import { IconCheck, IconDownload, IconWarning } from "../../ui/icons";
import { Card, Facts, Failure, Loading, Page, PageHeader } from "../../ui/layout";
import { Badge, Time } from "../../ui/marks";
import { Table } from "../../ui/table";
import { useAsk } from "../../use_ask";

// As AdoptCharter takes it.
const MOST_BYTES = 262_144;

function Adopt({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const t = useWords(charterWords);
  const [toml, setToml] = useState<Uint8Array>();
  const [fault, setFault] = useState("");
  return (
    <BecauseDialog
      title={t.adopt}
      confirm={t.adopt}
      done={t.adoptDone}
      danger
      ready={toml !== undefined}
      write={(requestId, because) => node.adoptCharter({ requestId, toml, because })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>{t.adoptHint}</p>
      <Field label={t.file} hint={t.fileHint} error={fault}>
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".toml"
            onChange={async (event) => {
              const file = event.currentTarget.files?.[0];
              setToml(undefined);
              setFault(!file ? t.fileMissing : file.size > MOST_BYTES ? t.fileLarge : "");
              if (file && file.size <= MOST_BYTES) setToml(new Uint8Array(await file.arrayBuffer()));
            }}
          />
        )}
      </Field>
    </BecauseDialog>
  );
}

export default function Charter() {
  const t = useWords(charterWords);
  const may = useMay(OPERATORS);
  const seesPartners = useOpens("partners");
  const [adopting, setAdopting] = useState(false);
  const asked = useAsk((signal) => node.getCharter({}, { signal }), []);
  const value = asked.value;
  const current = value?.adopted.find((each) => each.hash === value.hash);
  const says = (partner: PartnerCharter) =>
    partner.same ? (
      <Badge tone="good" icon={IconCheck}>
        {t.same}
      </Badge>
    ) : (
      <Badge tone={partner.adopted ? "blue" : "amber"} icon={partner.adopted ? IconCheck : IconWarning}>
        {partner.adopted ? t.adopted : t.different}
      </Badge>
    );
  return (
    <Page>
      <PageHeader
        title={t.title}
        intro={t.intro}
        back={seesPartners ? { href: href("partners"), label: t.back } : { href: href("policy"), label: t.backToPolicy }}
        actions={may && value && <Button onClick={() => setAdopting(true)}>{t.adopt}</Button>}
      />
      <Failure error={asked.error} again={asked.again} />
      {!value && asked.loading && <Loading />}
      {value && (
        <>
          <Card
            title={current?.name || t.inForce}
            actions={
              <Button
                icon={IconDownload}
                onClick={() => download(t.fileName, new Blob([value.toml as BlobPart], { type: "application/toml" }))}
              >
                {t.download}
              </Button>
            }
          >
            <Facts facts={[{ name: t.hash, value: <code>{value.hash}</code> }]} />
            <p class="muted small">{t.hashHint}</p>
            <div class="row">
              <CopyButton text={value.hash} />
            </div>
            <Fold title={t.read}>
              <pre class="charter-text" tabIndex={0}>{new TextDecoder().decode(value.toml)}</pre>
            </Fold>
          </Card>
          {seesPartners && (
            <Card title={t.partners}>
              {value.partners.length === 0 ? (
                <p class="muted">{t.noPartners}</p>
              ) : (
                <Table
                  caption={t.partners}
                  rows={value.partners}
                  rowKey={(row) => row.origin}
                  columns={[
                    {
                      key: "partner",
                      title: t.partner,
                      lead: true,
                      render: (row) => <a href={href("partners", row.origin)}>{row.name || row.origin}</a>,
                    },
                    { key: "says", title: t.theirs, render: says },
                  ]}
                />
              )}
            </Card>
          )}
          {value.adopted.length > 0 && (
            <Card title={t.earlier}>
              <Table
                caption={t.earlier}
                rows={value.adopted}
                rowKey={(row) => row.hash + row.adoptedAt}
                columns={[
                  {
                    key: "name",
                    title: t.name,
                    lead: true,
                    render: (row) => (
                      <>
                        {row.name} <code class="muted">{row.hash.slice(0, 8)}</code>
                      </>
                    ),
                  },
                  {
                    key: "force",
                    title: t.inForce,
                    render: (row) => (
                      <Badge tone={row.inForce ? "good" : "plain"}>{row.inForce ? t.current : t.before}</Badge>
                    ),
                  },
                  { key: "at", title: t.adoptedAt, render: (row) => <Time at={row.adoptedAt} /> },
                  {
                    key: "stated",
                    title: t.stated,
                    render: (row) => (row.statedAt ? <Time at={row.statedAt} /> : t.statedNot),
                  },
                ]}
              />
            </Card>
          )}
        </>
      )}
      {adopting && <Adopt onDone={asked.again} onClose={() => setAdopting(false)} />}
    </Page>
  );
}
