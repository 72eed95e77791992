import { overview as en } from "./en/overview";
import { overview as id } from "./id/overview";
import { overview as ms } from "./ms/overview";
import { makeWords } from "./words";

export const overviewWords = makeWords(en, id, ms);
