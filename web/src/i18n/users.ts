import { users as en } from "./en/users";
import { users as id } from "./id/users";
import { users as ms } from "./ms/users";
import { makeWords } from "./words";

export const usersWords = makeWords(en, id, ms);
