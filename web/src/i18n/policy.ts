import { policy as en } from "./en/policy";
import { policy as id } from "./id/policy";
import { policy as ms } from "./ms/policy";
import { makeWords } from "./words";

export const policyWords = makeWords(en, id, ms);
