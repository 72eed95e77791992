import { errors as en } from "./en/errors";
import { errors as id } from "./id/errors";
import { errors as ms } from "./ms/errors";
import { makeWords } from "./words";

export const errorWords = makeWords(en, id, ms);
