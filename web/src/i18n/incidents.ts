import { incidents as en } from "./en/incidents";
import { incidents as id } from "./id/incidents";
import { incidents as ms } from "./ms/incidents";
import { makeWords } from "./words";

export const incidentsWords = makeWords(en, id, ms);
