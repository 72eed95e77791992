// The buyer that was checked last, for pages that go on with it: filing an incident, say. In memory
// alone, as it was typed; gone with the tab.
import type { Identifier } from "./gen/daftar/v1/types_pb";
import type { Amount } from "./format/money";
import type { Language } from "./i18n/language";
import { makeStore } from "./store";

export interface Buyer {
  identifiers: Identifier[];
  // As people write it.
  display: string;
  amount: Amount | undefined;
  receipt: string;
}

export const buyerAtHand = makeStore<Buyer | undefined>(undefined);

// Of this tab's checks: whom each was about, by receipt.
export const checkedHere = new Map<string, Buyer>();

// What was typed for the letter of an incident, to be shown again.
export interface TypedLetter {
  language: Language;
  to: string;
  signature: string;
  howToPay: string;
  contact: string;
}
export const typedLetters = new Map<string, TypedLetter>();

export function forgetBuyers() {
  typedLetters.clear();
  buyerAtHand.set(undefined);
  checkedHere.clear();
}
