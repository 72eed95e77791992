import { groups as en } from "./en/groups";
import { groups as id } from "./id/groups";
import { groups as ms } from "./ms/groups";
import { makeWords } from "./words";

export const groupsWords = makeWords(en, id, ms);
