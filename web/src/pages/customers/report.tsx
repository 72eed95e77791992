// What a person may know of what is held about it: a code is sent, entered again, and the report is
// shown and printed.
import { Code } from "@connectrpc/connect";
import { useRef, useState } from "preact/hooks";
import { subject } from "../../api";
import { useFormat } from "../../format/use_format";
import type { Customer } from "../../gen/daftar/v1/shop_pb";
import type { MakeCodeResponse, SubjectReport } from "../../gen/daftar/v1/subject_pb";
import { customersWords } from "../../i18n/customers";
import { LANGUAGE_NAMES, LANGUAGES, type Language, Spoken, useLanguage } from "../../i18n/language";
import { useWords } from "../../i18n/words";
import { incidentsWords } from "../../i18n/incidents";
import { print } from "../../print";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy_button";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { IconLog } from "../../ui/icons";
import { IdentifierField, type TypedIdentifier } from "../../ui/identifier_field";
import { Failure } from "../../ui/layout";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";
import type { Identifier } from "../../gen/daftar/v1/types_pb";
import { Paper } from "./paper";
import { typedOf } from "./typed";

export function ReportDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const t = useWords(customersWords);
  const words = useWords(incidentsWords);
  const shown = useLanguage();
  const format = useFormat();
  const [typed, setTyped] = useState<TypedIdentifier>(() => typedOf(customer.id));
  const [language, setLanguage] = useState<Language>(shown);
  const [made, setMade] = useState<MakeCodeResponse>();
  const [entering, setEntering] = useState(false);
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const [report, setReport] = useState<SubjectReport>();
  const paper = useRef<HTMLDivElement>(null);
  const make = useWrite((requestId, input: { identifier: Identifier; language: string }) =>
    subject.makeCode({ requestId, ...input }),
  );
  const get = useWrite((requestId, input: { identifier: Identifier; code: string; language: string }) =>
    subject.getReport({ requestId, ...input }),
  );
  const { identifier } = typed;
  if (report) {
    return (
      <Dialog title={t.paper.title} onClose={onClose}>
        <div class="row row-end">
          <Button kind="primary" icon={IconLog} onClick={() => paper.current && print(paper.current)}>
            {t.print}
          </Button>
        </div>
        <div ref={paper} lang={language}>
          <Spoken.Provider value={language}>
            <Paper report={report} />
          </Spoken.Provider>
        </div>
      </Dialog>
    );
  }
  const second = made !== undefined || entering;
  return (
    <Dialog title={t.reportStart} onClose={onClose}>
      <p>{t.reportText}</p>
      <h3>{t.reportStep1}</h3>
      <IdentifierField
        label={t.identifierLabel}
        value={typed}
        onValue={(next) => {
          if (next.text !== typed.text) setMade(undefined);
          setTyped(next);
        }}
      />
      <SelectField
        label={words.letterLanguage}
        value={language}
        options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        onValue={setLanguage}
      />
      <Failure
        error={make.error}
        sentence={(explained) => (explained.code === Code.ResourceExhausted ? t.codeMany : undefined)}
      />
      <div class="row">
        <Button
          kind={second ? "plain" : "primary"}
          busy={make.busy}
          disabled={!identifier}
          onClick={async () => {
            if (!identifier) return;
            const answer = await make.run({ identifier, language });
            if (answer) setMade(answer);
          }}
        >
          {t.makeCode}
        </Button>
        {!second && (
          <Button kind="quiet" disabled={!identifier} onClick={() => setEntering(true)}>
            {t.haveCode}
          </Button>
        )}
      </div>
      {made && (
        <div class="stack stack-small" role="status">
          <p>{t.codeFor(made.identifier)}</p>
          <p class="letter">{made.message}</p>
          <div class="row row-between">
            <span class="small muted">{t.codeUntil(format.time(made.validUntil))}</span>
            <CopyButton text={made.message} />
          </div>
        </div>
      )}
      {second && (
        <form
          class="stack"
          onSubmit={async (event) => {
            event.preventDefault();
            setTried(true);
            if (!identifier || !code.trim()) return;
            const answer = await get.run({ identifier, code: code.trim(), language });
            if (!answer?.report) return;
            say(t.reportReady);
            setReport(answer.report);
          }}
        >
          <h3>{t.reportStep2}</h3>
          <TextField
            label={t.code}
            value={code}
            error={tried && !code.trim() ? t.codeMissing : undefined}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            maxLength={64}
            onValue={setCode}
          />
          <Failure
            error={get.error}
            sentence={(explained) => (explained.code === Code.PermissionDenied ? t.codeWrong : undefined)}
          />
          <div class="row row-end">
            <Button type="submit" kind="primary" busy={get.busy} disabled={!identifier}>
              {t.getReport}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
