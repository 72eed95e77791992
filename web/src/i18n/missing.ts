import { missing as en } from "./en/missing";
import { missing as id } from "./id/missing";
import { missing as ms } from "./ms/missing";
import { makeWords } from "./words";

export const missingWords = makeWords(en, id, ms);
