import { because as en } from "./en/because";
import { because as id } from "./id/because";
import { because as ms } from "./ms/because";
import { makeWords } from "./words";

export const becauseWords = makeWords(en, id, ms);
