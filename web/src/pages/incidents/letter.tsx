// The letter of notice: what it needs, and the letter itself to be sent.
import { useState } from "preact/hooks";
import { incident as service } from "../../api";
import { typedLetters } from "../../buyer";
import type { Incident } from "../../gen/daftar/v1/shop_pb";
import type { GiveNoticeResponse } from "../../gen/daftar/v1/incident_pb";
import { incidentsWords } from "../../i18n/incidents";
import { LANGUAGE_NAMES, LANGUAGES, type Language, useLanguage } from "../../i18n/language";
import { useWords } from "../../i18n/words";
import { download, print } from "../../print";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy_button";
import { Dialog, DialogFoot } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { IconDownload, IconLog } from "../../ui/icons";
import { Facts, Failure, Note } from "../../ui/layout";
import { say } from "../../ui/toast";
import { useWrite } from "../../use_write";
import { unwrapped } from "./unwrapped";

const MAX_LINE = 300;

// What stays the same from letter to letter; in memory only.
const last = { howToPay: "", contact: "", signature: "" };

export function LetterDialog({
  incident,
  onClose,
  onDone,
}: {
  incident: Incident;
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useWords(incidentsWords);
  const shown = useLanguage();
  const before = typedLetters.get(incident.id);
  const [language, setLanguage] = useState<Language>(before?.language ?? shown);
  const [to, setTo] = useState(before?.to ?? "");
  const [signature, setSignature] = useState(before?.signature ?? last.signature);
  const [howToPay, setHowToPay] = useState(before?.howToPay ?? last.howToPay);
  const [contact, setContact] = useState(before?.contact ?? last.contact);
  const [letter, setLetter] = useState<GiveNoticeResponse>();
  const give = useWrite(
    (requestId, input: { language: string; to: string; signature: string; howToPay: string; contact: string }) =>
      service.giveNotice({ requestId, id: incident.id, ...input }),
  );
  const again = incident.noticedAt !== "";
  if (letter) {
    return (
      <Dialog title={t.letter} onClose={onClose}>
        <p>{t.letterHint}</p>
        {letter.code && <Facts facts={[{ name: t.noticeCode, value: <span class="mono">{letter.code}</span> }]} />}
        {/* Reached by the keyboard, to be scrolled. */}
        <div class="letter" tabIndex={0} role="region" aria-label={t.letter}>
          {unwrapped(letter.letter)}
        </div>
        <div class="row row-end">
          <CopyButton text={letter.letter} />
          <Button
            icon={IconDownload}
            onClick={() =>
              download(`${t.letterFile}-${letter.code || incident.id.slice(0, 8)}.txt`, new Blob([letter.letter], { type: "text/plain" }))
            }
          >
            {t.downloadLetter}
          </Button>
          <Button kind="primary" icon={IconLog} onClick={() => print(letter.letter)}>
            {t.print}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={again ? t.noticeAgain : t.notice} onClose={onClose}>
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          typedLetters.set(incident.id, { language, to, signature, howToPay, contact });
          Object.assign(last, { howToPay, contact, signature });
          const answer = await give.run({
            language,
            to: to.trim(),
            signature: signature.trim(),
            howToPay: howToPay.trim(),
            contact: contact.trim(),
          });
          if (!answer) return;
          if (!again) say(t.noticed);
          setLetter(answer);
          onDone();
        }}
      >
        {!again && <Note>{t.noticeText}</Note>}
        <SelectField
          label={t.letterLanguage}
          value={language}
          options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onValue={setLanguage}
        />
        <TextField label={t.letterTo} hint={t.letterToHint} optional value={to} onValue={setTo} maxLength={MAX_LINE} autocomplete="off" />
        <TextField
          label={t.letterPay}
          hint={t.letterPayHint}
          value={howToPay}
          onValue={setHowToPay}
          maxLength={MAX_LINE}
          autocomplete="off"
          required
        />
        <TextField
          label={t.letterContact}
          hint={t.letterContactHint}
          value={contact}
          onValue={setContact}
          maxLength={MAX_LINE}
          autocomplete="off"
          required
        />
        <TextField label={t.letterSignature} hint={t.letterSignatureHint} optional value={signature} onValue={setSignature} maxLength={MAX_LINE} autocomplete="off" />
        <Failure error={give.error} />
        <DialogFoot onCancel={onClose}>
          <Button type="submit" kind="primary" busy={give.busy}>
            {again ? t.noticeAgain : t.noticeBegins}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
