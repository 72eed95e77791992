import { ui as en } from "./en/ui";
import { ui as id } from "./id/ui";
import { ui as ms } from "./ms/ui";
import { makeWords } from "./words";

export const uiWords = makeWords(en, id, ms);
