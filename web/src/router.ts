// Which page is shown stands behind the # of the address, which no server sees: "#/customers/3f0c".
// Nothing about a buyer goes there but ids of the shop's own book.
import { makeStore, useStore } from "./store";

export interface Place {
  // "customers"; empty at the start.
  page: string;
  // What comes behind it, like ["3f0c"].
  parts: string[];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function parseHash(hash: string): Place {
  const [page = "", ...parts] = hash.replace(/^#?\/?/, "").split("/").filter(Boolean).map(decode);
  return { page, parts };
}

// href("customers", "3f0c") is "#/customers/3f0c".
export function href(page: string, ...parts: string[]): string {
  return `#/${[page, ...parts].map(encodeURIComponent).join("/")}`;
}

const here = () => parseHash(typeof location === "undefined" ? "" : location.hash);

export const place = makeStore<Place>(here());

export const usePlace = () => useStore(place);

// As if a link to it had been followed.
export function go(page: string, ...parts: string[]) {
  location.hash = href(page, ...parts);
}

// The same without a step in the browser's history: where the address before holds a secret, or is
// no place to come back to.
export function goInstead(page: string, ...parts: string[]) {
  history.replaceState(null, "", href(page, ...parts));
  place.set(here());
}

// Follows the address from now on.
export function followAddress() {
  window.addEventListener("hashchange", () => place.set(here()));
}
