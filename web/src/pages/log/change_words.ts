// What the node writes of a change, in the words of whoever looks. What has no form that is known here
// is a person's reason, an id or a name, and stays as it is.
import type { log } from "../../i18n/en/log";

export interface Said {
  words: (typeof log)["objects"];
  // By the node's names; undefined for what is none.
  kind: (name: string) => string | undefined;
  role: (name: string) => string | undefined;
  effect: (name: string) => string | undefined;
}

export function sayChange(text: string, { words, kind, role, effect }: Said): string {
  const receipts = /^receipts from (\d+) to (\d+)$/.exec(text);
  if (receipts) return words.receipts(receipts[1] ?? "", receipts[2] ?? "");
  if (text === "with a code") return words.withCode;
  const without = /^without a code: (.*)$/s.exec(text);
  if (without) return words.withoutCode(without[1] ?? "");
  const request = /^request [0-9a-f]+ of (\S+): (.*)$/s.exec(text);
  if (request) return words.request(request[1] ?? "", sayFiles(request[2] ?? "", { words, kind }));
  const becomes = /^(\S+) (as|to) ([a-z]+)$/.exec(text);
  const now = becomes && (becomes[2] === "as" ? role : effect)(becomes[3] ?? "");
  if (becomes && now) return words.becomes(becomes[1] ?? "", now);
  return sayFiles(text, { words, kind });
}

// "#1 order", with the file's fingerprint left out; "#2: TEXT" and "#2" alone.
function sayFiles(text: string, { words, kind }: Pick<Said, "words" | "kind">): string {
  return text
    .replace(/#(\d+) ([a-z-]+)(?: [0-9a-f]{64})?/g, (all, number: string, name: string) => {
      const title = kind(name);
      return title ? words.file(number, title) : all;
    })
    .replace(/^#(\d+)(?=$|: )/, (_, number: string) => words.fileOnly(number));
}
