// Makes src/gen out of the protos with protoc (PROTOC, or the one in PATH).
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const protos = join(web, "..", "proto");
const out = join(web, "src", "gen");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const protoc = process.env.PROTOC ?? "protoc";
const { error, status } = spawnSync(
  protoc,
  [
    `--plugin=protoc-gen-es=${join(web, "node_modules", ".bin", "protoc-gen-es")}`,
    `--es_out=${out}`,
    "--es_opt=target=ts",
    `-I${protos}`,
    ...readdirSync(join(protos, "daftar", "v1")).sort().map((name) => `daftar/v1/${name}`),
  ],
  { stdio: "inherit" },
);
if (error) {
  console.error(`${protoc} cannot be run (${error.message}): install protobuf-compiler`);
  process.exit(1);
}
process.exit(status ?? 1);
