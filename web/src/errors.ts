// What went wrong with a call, for people.
import { Code, ConnectError } from "@connectrpc/connect";
import { errorWords } from "./i18n/errors";
import { wordsNow } from "./i18n/words";

export interface Explained {
  // In the language chosen.
  sentence: string;
  // In the node's own words, which say more; may be empty.
  detail: string;
  code: Code;
}

export function explain(error: unknown): Explained {
  const words = wordsNow(errorWords);
  const known = ConnectError.from(error);
  const detail = known.rawMessage;
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
    [Code.ResourceExhausted]: words.tooMany,
    [Code.FailedPrecondition]: words.notNow,
    [Code.Aborted]: words.changed,
    [Code.OutOfRange]: words.invalid,
    [Code.Unimplemented]: words.missing,
    [Code.Unavailable]: words.unreachable,
    [Code.DataLoss]: words.damaged,
    [Code.Unauthenticated]: words.signedOut,
  };
  return { sentence: sentences[known.code] ?? words.internal, detail, code: known.code };
}

export const isAborted = (error: unknown) =>
  error instanceof DOMException
    ? error.name === "AbortError"
    : ConnectError.from(error).code === Code.Canceled;
