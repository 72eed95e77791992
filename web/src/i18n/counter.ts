import { counter as en } from "./en/counter";
import { counter as id } from "./id/counter";
import { counter as ms } from "./ms/counter";
import { makeWords } from "./words";

export const counterWords = makeWords(en, id, ms);
