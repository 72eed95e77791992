import type { account } from "../../i18n/en/account";

// As the node asks for (session.proto, UseLinkRequest).
const LEAST = 10;
const MOST = 200;

// What is wrong with a new password; undefined when nothing is.
export function passwordFault(password: string, words: typeof account): string | undefined {
  const length = [...password].length;
  if (length < LEAST) return words.passwordShort;
  if (length > MOST) return words.passwordLong;
  return undefined;
}
