// What went wrong with a call, for people.
import { Code, ConnectError } from "@connectrpc/connect";
import { formatSpan } from "./format/date";
import { localeOf } from "./format/locale";
import { errorWords } from "./i18n/errors";
import { language } from "./i18n/language";
import { wordsNow } from "./i18n/words";
import { session } from "./session";

export interface Explained {
  // In the language chosen.
  sentence: string;
  // In the node's own words, which say more; may be empty.
  detail: string;
  code: Code;
  // How long to wait before the next try, where the node says so.
  waitS?: number;
}

const MINUTE_S = 60;

// The node sends whole seconds with what it refuses for now.
function waitOf(error: ConnectError): number | undefined {
  const seconds = Number(error.metadata.get("retry-after") ?? "");
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  return seconds <= MINUTE_S ? seconds : Math.ceil(seconds / MINUTE_S) * MINUTE_S;
}

export function explain(error: unknown): Explained {
  const words = wordsNow(errorWords);
  const known = ConnectError.from(error);
  const detail = known.rawMessage;
  const waitS = known.code === Code.ResourceExhausted ? waitOf(known) : undefined;
  // fetch fails so when nothing answers at all.
  if (known.code === Code.Unknown && error instanceof TypeError) {
    return { sentence: words.unreachable, detail: "", code: Code.Unavailable };
  }
  const sentences: Partial<Record<Code, string>> = {
    [Code.Canceled]: words.canceled,
    [Code.InvalidArgument]: words.invalid,
    [Code.DeadlineExceeded]: words.slow,
    [Code.NotFound]: words.notFound,
    [Code.AlreadyExists]: words.exists,
    [Code.PermissionDenied]: words.forbidden,
    [Code.ResourceExhausted]:
      waitS === undefined
        ? words.tooMany
        : words.tooManyUntil(formatSpan(waitS, localeOf(language.get(), session.get()?.region ?? ""))),
    [Code.FailedPrecondition]: words.notNow,
    [Code.Aborted]: words.changed,
    [Code.OutOfRange]: words.invalid,
    [Code.Unimplemented]: words.missing,
    [Code.Unavailable]: words.unreachable,
    [Code.DataLoss]: words.damaged,
    [Code.Unauthenticated]: words.signedOut,
  };
  return { sentence: sentences[known.code] ?? words.internal, detail, code: known.code, waitS };
}

export const isAborted = (error: unknown) =>
  error instanceof DOMException
    ? error.name === "AbortError"
    : ConnectError.from(error).code === Code.Canceled;
