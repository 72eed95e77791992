import { charter as en } from "./en/charter";
import { charter as id } from "./id/charter";
import { charter as ms } from "./ms/charter";
import { makeWords } from "./words";

export const charterWords = makeWords(en, id, ms);
