// The first entry of a log, as two people compare it by phone.

export const HEX_DIGITS = 64;
const GROUP = 4;

export const inGroups = (hex: string) => hex.match(/.{1,4}/g) ?? [];

// What was typed, without the gaps between groups.
export const digitsOf = (typed: string) => typed.toLowerCase().replace(/[^0-9a-z]/g, "");

// The first group, counted from 1, that differs as far as it was typed; 0: none does.
export function differsAt(typed: string, expected: string): number {
  const digits = digitsOf(typed);
  const wanted = expected.toLowerCase();
  for (let at = 0; at < digits.length; at += 1) {
    if (digits[at] !== wanted[at]) return Math.floor(at / GROUP) + 1;
  }
  return 0;
}
