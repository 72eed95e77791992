import { account as en } from "./en/account";
import { account as id } from "./id/account";
import { account as ms } from "./ms/account";
import { makeWords } from "./words";

export const accountWords = makeWords(en, id, ms);
