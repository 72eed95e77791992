import { customers as en } from "./en/customers";
import { customers as id } from "./id/customers";
import { customers as ms } from "./ms/customers";
import { makeWords } from "./words";

export const customersWords = makeWords(en, id, ms);
