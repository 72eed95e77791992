import { names as en } from "./en/names";
import { names as id } from "./id/names";
import { names as ms } from "./ms/names";
import { makeWords } from "./words";

export const nameWords = makeWords(en, id, ms);
