// A text whose lines were broken at a width, with each paragraph on a line of its own, for a place that
// is narrower than that width. A line that had room for the next word was ended on purpose.
export function unwrapped(text: string): string {
  const lines = text.split("\n");
  const width = Math.max(...lines.map((line) => line.length));
  return lines.reduce((before, line, at) => {
    const last = lines[at - 1] ?? "";
    const word = /^\S+/.exec(line)?.[0];
    const broken = last !== "" && word !== undefined && last.length + 1 + word.length > width;
    return broken ? `${before} ${line}` : `${before}\n${line}`;
  });
}
