import { signIn as en } from "./en/sign_in";
import { signIn as id } from "./id/sign_in";
import { signIn as ms } from "./ms/sign_in";
import { makeWords } from "./words";

export const signInWords = makeWords(en, id, ms);
