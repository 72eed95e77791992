import { filing as en } from "./en/filing";
import { filing as id } from "./id/filing";
import { filing as ms } from "./ms/filing";
import { makeWords } from "./words";

export const filingWords = makeWords(en, id, ms);
