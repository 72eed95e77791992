// A policy's file, changed a value at a time. What people wrote around it stays.

const HEADER = /^\s*\[([^\]]+)\]\s*(#.*)?$/;
const VALUE = /^(\s*)([A-Za-z0-9_-]+)(\s*=\s*)("[^"]*"|[^#]*?)(\s*)(#.*)?$/;

// "thresholds.prepay_ppm" is the key prepay_ppm of the section thresholds.
function split(key: string): [string, string] {
  const at = key.lastIndexOf(".");
  return at < 0 ? ["", key] : [key.slice(0, at), key.slice(at + 1)];
}

export const sectionOf = (key: string) => split(key)[0];
export const nameOf = (key: string) => split(key)[1];

const plain = (section: string) => section.replaceAll('"', "").replace(/\s/g, "");

interface Place {
  key: string;
  value: string;
  line: number;
}

// The values that stand in it, each with its line, counted from 1.
export function valuesOf(toml: string): Place[] {
  let section = "";
  const found: Place[] = [];
  toml.split("\n").forEach((text, at) => {
    const header = HEADER.exec(text);
    if (header?.[1]) section = plain(header[1]);
    const value = VALUE.exec(text);
    if (!value?.[2] || header) return;
    found.push({
      key: section ? `${section}.${value[2]}` : value[2],
      value: (value[4] ?? "").trim().replace(/^"(.*)"$/, "$1"),
      line: at + 1,
    });
  });
  return found;
}

// `literal` is as it stands in a file: 200000 or "prepay". A remark behind the old value says what that
// was, and goes with it.
export function setValue(toml: string, key: string, literal: string): string {
  const lines = toml.split("\n");
  const place = valuesOf(toml).find((each) => each.key === key);
  if (place) {
    lines[place.line - 1] = (lines[place.line - 1] ?? "").replace(
      VALUE,
      (_, indent: string, name: string, equals: string) => `${indent}${name}${equals}${literal}`,
    );
    return lines.join("\n");
  }
  const [section, name] = split(key);
  const header = lines.findIndex((text) => plain(HEADER.exec(text)?.[1] ?? "") === section);
  if (header >= 0) {
    lines.splice(header + 1, 0, `${name} = ${literal}`);
    return lines.join("\n");
  }
  return `${toml.replace(/\n*$/, "\n")}\n[${section}]\n${name} = ${literal}\n`;
}

// "12,5" or "12.5" as a number, where `decimal` is the locale's own sign; undefined: it is none. The
// other sign before three digits would mean thousands, and is taken for neither.
export function typedNumber(text: string, decimal: string): number | undefined {
  const parts = /^(\d+)(?:([.,])(\d+))?$/.exec(text.trim());
  if (!parts?.[1]) return undefined;
  const [, whole, sign, fraction] = parts;
  if (sign && sign !== decimal && fraction?.length === 3) return undefined;
  return Number(fraction ? `${whole}.${fraction}` : whole);
}

export const ppmOf = (percent: number) => Math.round(percent * 10_000);
export const percentOf = (ppm: number) => ppm / 10_000;
