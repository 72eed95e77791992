// The buyer that was checked last, for pages that go on with it: filing an incident, say. In memory
// alone, as it was typed; gone with the tab.
import type { Identifier } from "./gen/daftar/v1/types_pb";
import type { Amount } from "./format/money";
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

export function forgetBuyers() {
  buyerAtHand.set(undefined);
  checkedHere.clear();
}
