// What the first page loads must stay small: the entry, what it imports and its styles, gzipped.
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MOST_BYTES = 150_000;

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite", "manifest.json"), "utf8"));
const gzipped = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;

// The largest first page is the entry with one lazily loaded page on top.
function files(key, seen = new Set()) {
  const chunk = manifest[key];
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const other of chunk.imports ?? []) files(other, seen);
  return seen;
}
const sum = (names) => [...names].reduce((total, name) => total + gzipped(name), 0);

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const pages = Object.keys(manifest).filter((key) => /^src\/pages\/[a-z_]+\/page\.tsx$/.test(key));
const shell = files(entry);
const sizes = pages.map((key) => [key.split("/")[2], sum(files(key, new Set(shell)))]);
sizes.sort((a, b) => b[1] - a[1]);
console.log(`console: ${sum(shell)} bytes gzipped before the page's own`);
for (const [name, bytes] of sizes) console.log(`console: ${bytes} with ${name}`);
const largest = sizes[0]?.[1] ?? sum(shell);
// The manifest is for this check alone; the daemon does not serve it.
rmSync(join(dist, ".vite"), { recursive: true });
if (largest > MOST_BYTES) {
  console.error(`console: a first page may take ${MOST_BYTES} bytes`);
  process.exit(1);
}
