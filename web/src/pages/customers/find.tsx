// Finding a customer by whatever somebody knows of it.
import { Code } from "@connectrpc/connect";
import { useRef, useState } from "preact/hooks";
import { book, shop } from "../../api";
import { explain } from "../../errors";
import type { Customer, RecognisedIdentifier } from "../../gen/daftar/v1/shop_pb";
import type { Identifier } from "../../gen/daftar/v1/types_pb";
import { customersWords } from "../../i18n/customers";
import { useLanguage } from "../../i18n/language";
import { nameWords } from "../../i18n/names";
import { useWords } from "../../i18n/words";
import { MANAGERS } from "../../roles";
import { useMay } from "../../session";
import { Button } from "../../ui/button";
import { RadioGroup, TextField } from "../../ui/field";
import { IconSearch } from "../../ui/icons";
import { Failure, Note } from "../../ui/layout";

export interface Found {
  customers: Customer[];
  nextPageToken: string;
  // The text that names have in them; empty: found by an identifier.
  name: string;
  // By which it was found.
  identifier?: Identifier;
}

const PAGE_SIZE = 50;

// Names have neither digits nor an @, nearly always.
const looksLikeName = (text: string) => !/[\d@]/.test(text);

export function FindCustomer({
  label,
  onFound,
  onClear,
}: {
  label?: string;
  onFound: (found: Found) => void;
  onClear?: () => void;
}) {
  const t = useWords(customersWords);
  const names = useWords(nameWords);
  const language = useLanguage();
  const byName = useMay(MANAGERS);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [nobody, setNobody] = useState("");
  const [options, setOptions] = useState<RecognisedIdentifier[]>([]);
  const turn = useRef(0);

  const clear = () => {
    turn.current += 1;
    setError(undefined);
    setNobody("");
    setOptions([]);
    setBusy(false);
  };
  const attempt = async (search: () => Promise<Found | string>) => {
    clear();
    const mine = turn.current;
    setBusy(true);
    try {
      const found = await search();
      if (mine !== turn.current) return;
      if (typeof found === "string") setNobody(found);
      else onFound(found);
    } catch (failure) {
      if (mine === turn.current) setError(failure);
    } finally {
      if (mine === turn.current) setBusy(false);
    }
  };
  const findName = async (name: string): Promise<Found | string> => {
    const { customers, nextPageToken } = await book.listCustomers({ name, pageSize: PAGE_SIZE });
    return customers.length > 0 ? { customers, nextPageToken, name } : t.notFoundName;
  };
  const findIdentifier = async (identifier: Identifier): Promise<Found | string> => {
    try {
      const { customer } = await shop.getCustomer({ by: { case: "identifier", value: identifier } });
      return customer ? { customers: [customer], nextPageToken: "", name: "", identifier } : t.notFound;
    } catch (failure) {
      if (explain(failure).code === Code.NotFound) return t.notFound;
      throw failure;
    }
  };
  const search = () =>
    attempt(async () => {
      const typed = text.trim();
      if (byName && looksLikeName(typed)) return findName(typed);
      const mine = turn.current;
      const { recognised, why } = await shop.recogniseIdentifier({ text: typed, language });
      const only = recognised.length === 1 ? recognised[0]?.identifier : undefined;
      if (only) return findIdentifier(only);
      if (recognised.length > 1 && mine === turn.current) {
        setOptions(recognised);
        return "";
      }
      return byName ? findName(typed) : why || t.notFound;
    });

  return (
    <div class="stack">
      <form
        class="find-row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() && !busy) void search();
        }}
      >
        <TextField
          label={label ?? (byName ? t.searchLabel : t.searchLabelStaff)}
          hint={byName ? t.searchHint : t.searchHintStaff}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={256}
          value={text}
          onValue={(next) => {
            setText(next);
            clear();
            if (!next) onClear?.();
          }}
        />
        <Button type="submit" kind="primary" icon={IconSearch} busy={busy}>
          {t.find}
        </Button>
      </form>
      {options.length > 1 && (
        <RadioGroup
          label={t.byIdentifier}
          value={undefined}
          options={[
            ...options.map(({ type, display }) => ({ value: type, label: names.identifiers[type] ?? type, hint: display })),
            ...(byName ? [{ value: "name", label: t.asName, hint: text.trim() }] : []),
          ]}
          onValue={(type) => {
            const chosen = options.find((option) => option.type === type)?.identifier;
            void attempt(() => (chosen ? findIdentifier(chosen) : findName(text.trim())));
          }}
        />
      )}
      <div role="status">
        {nobody && (
          <Note>
            {nobody} <span class="muted">{t.notFoundHint}</span>
          </Note>
        )}
      </div>
      <Failure error={error} />
    </div>
  );
}
