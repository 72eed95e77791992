// Writes a C++ source that holds the built files: node embed.mjs DIST OUTPUT
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

function filesBelow(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

const [dist, output] = process.argv.slice(2);
if (!dist || !output) {
  console.error("usage: node embed.mjs DIST OUTPUT");
  process.exit(64);
}
const compressed = `${resolve(output)}.gz`;
mkdirSync(compressed, { recursive: true });

const symbols = [];
const rows = [];
function embed(path) {
  const name = `daftar_console_${symbols.length}`;
  symbols.push({ name, path });
  return `std::string_view(${name}, static_cast<size_t>(${name}_end - ${name}))`;
}

filesBelow(dist).forEach((path, number) => {
  const type = TYPES[extname(path)];
  if (!type) throw new Error(`${path}: a file of this kind is not served; add its type to embed.mjs`);
  const bytes = readFileSync(path);
  const small = gzipSync(bytes, { level: 9 });
  let gzip = "std::string_view()";
  if (small.length < bytes.length * 0.9) {
    const packed = join(compressed, `${number}.gz`);
    writeFileSync(packed, small);
    gzip = embed(packed);
  }
  const url = `/${relative(dist, path)}`;
  rows.push(
    `    // ${createHash("sha256").update(bytes).digest("hex")}\n` +
      `    {"${url}", "${type}", ${embed(resolve(path))},\n     ${gzip}, ${url.startsWith("/assets/")}},`,
  );
});

// What the assembler reads does not change with the source's text, so the digests above do.
const assembly = symbols
  .map(({ name, path }) => `    "${name}:\\n.incbin \\"${path}\\"\\n${name}_end:\\n.byte 0\\n"`)
  .join("\n");
writeFileSync(
  output,
  `#include "web/console_files.h"

__asm__(
    ".section .rodata.daftar_console,\\"a\\"\\n"
${assembly}
    ".previous\\n");

extern "C" {
${symbols.map(({ name }) => `extern const char ${name}[];\nextern const char ${name}_end[];`).join("\n")}
}

namespace daftar::web {
namespace {

const service::ConsoleFile kFiles[] = {
${rows.join("\n")}
};

}  // namespace

std::span<const service::ConsoleFile> ConsoleFiles() { return kFiles; }

}  // namespace daftar::web
`,
);
