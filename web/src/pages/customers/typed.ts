// What somebody typed to find a customer, so that it need not be typed again on the customer's page:
// the book shows identifiers only masked. In memory, and of the last customer alone.
import type { Identifier } from "../../gen/daftar/v1/types_pb";

let last: { customer: string; text: string; identifier: Identifier } | undefined;

export function keepTyped(customer: string, identifier: Identifier) {
  last = { customer, text: identifier.value.value ?? "", identifier };
}

export function typedOf(customer: string): { text: string; identifier?: Identifier } {
  return last?.customer === customer ? { text: last.text, identifier: last.identifier } : { text: "" };
}

export function forgetTyped() {
  last = undefined;
}
