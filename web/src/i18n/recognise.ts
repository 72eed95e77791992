import { recognise as en } from "./en/recognise";
import { recognise as id } from "./id/recognise";
import { recognise as ms } from "./ms/recognise";
import { makeWords } from "./words";

export const recogniseWords = makeWords(en, id, ms);
