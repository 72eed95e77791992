// From which order filing is to start: other pages set it before they open the page. In memory only,
// and taken by the first who looks.
let order: string | undefined;

export function startFrom(next: string) {
  order = next;
}

export function takeStart(): string | undefined {
  const taken = order;
  order = undefined;
  return taken;
}
