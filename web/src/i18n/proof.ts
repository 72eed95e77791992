import { proof as en } from "./en/proof";
import { proof as id } from "./id/proof";
import { proof as ms } from "./ms/proof";
import { makeWords } from "./words";

export const proofWords = makeWords(en, id, ms);
