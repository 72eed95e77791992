import { chart as en } from "./en/chart";
import { chart as id } from "./id/chart";
import { chart as ms } from "./ms/chart";
import { makeWords } from "./words";

export const chartWords = makeWords(en, id, ms);
