// The next of 1, 2, 5, 10, ... that is not less: the scale's end.
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((each) => each >= value) ?? 10 * power;
}
