import { shell as en } from "./en/shell";
import { shell as id } from "./id/shell";
import { shell as ms } from "./ms/shell";
import { makeWords } from "./words";

export const shellWords = makeWords(en, id, ms);
