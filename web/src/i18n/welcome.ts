import { welcome as en } from "./en/welcome";
import { welcome as id } from "./id/welcome";
import { welcome as ms } from "./ms/welcome";
import { makeWords } from "./words";

export const welcomeWords = makeWords(en, id, ms);
