// A policy's values by what they are about: what shops change often first, the rest folded away.
import { sectionOf, valuesOf } from "./text";

// Open from the beginning.
const OFTEN: readonly string[] = ["thresholds", "caps", "order"];

interface Line {
  key: string;
  value: string;
  defaultValue: string;
}

export interface Section<L extends Line> {
  // Like "thresholds"; values of "reasons.no-show" are of "reasons".
  name: string;
  lines: L[];
  often: boolean;
  // So many values are other than usual.
  unusual: number;
  // One of its values is wrong.
  faulty: boolean;
}

export const headingOf = (key: string) => sectionOf(key).split(".")[0] ?? "";

// In the order of the lines, those that are changed often before the others. `wrong` are the keys whose
// fields hold no value.
export function sectionsOf<L extends Line>(
  lines: readonly L[],
  toml: string,
  faults: readonly { line: number }[],
  wrong: ReadonlySet<string>,
): Section<L>[] {
  const values = valuesOf(toml);
  const placeOf = (key: string) => values.find((each) => each.key === key);
  const sections = [...new Set(lines.map(({ key }) => headingOf(key)))].map((name) => {
    const own = lines.filter(({ key }) => headingOf(key) === name);
    return {
      name,
      lines: own,
      often: OFTEN.includes(name),
      unusual: own.filter(
        ({ key, value, defaultValue }) => defaultValue !== "" && (placeOf(key)?.value ?? value) !== defaultValue,
      ).length,
      faulty: own.some(({ key }) => {
        const place = placeOf(key);
        return wrong.has(key) || (place !== undefined && faults.some(({ line }) => line === place.line));
      }),
    };
  });
  return [...sections.filter(({ often }) => often), ...sections.filter(({ often }) => !often)];
}
