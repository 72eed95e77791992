import { partners as en } from "./en/partners";
import { partners as id } from "./id/partners";
import { partners as ms } from "./ms/partners";
import { makeWords } from "./words";

export const partnersWords = makeWords(en, id, ms);
