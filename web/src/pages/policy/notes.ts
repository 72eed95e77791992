// What a back-test does not say, in words of the console's own.
type Say = (n: number, shown: string) => string;

// The node's own where it names no kinds, or one that is not known here.
export function notesOf(
  sentences: readonly string[],
  noted: readonly { kind: string; number: bigint }[],
  words: Record<string, Say>,
  show: (n: bigint) => string,
): string[] {
  if (noted.length === 0) return [...sentences];
  return noted
    .map(({ kind, number }, at) => words[kind]?.(Number(number), show(number)) ?? sentences[at] ?? "")
    .filter((sentence) => sentence !== "");
}
