import { log as en } from "./en/log";
import { log as id } from "./id/log";
import { log as ms } from "./ms/log";
import { makeWords } from "./words";

export const logWords = makeWords(en, id, ms);
