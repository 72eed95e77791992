// An audit bundle (docs/bundle.md) as a node streams it, put together as a single file: the manifest,
// then the files in its order. What came is compared with the manifest; whether that is the log's own
// word is for the auditor to check.
import { Code, ConnectError } from "@connectrpc/connect";
import type { ExportLogResponse } from "./gen/daftar/v1/node_pb";

// As docs/bundle.md bounds them.
const MOST_FILES = 2048;
const MOST_MANIFEST_BYTES = 262_144;
// So much a browser is asked to hold. `daftar log export` writes what is larger.
export const MOST_BUNDLE_BYTES = 512 * 1024 * 1024;

const FIRST_LINE = "daftar-bundle/v1";
const NUMBER = /^(?:0|[1-9]\d{0,18})$/;
const FILE_LINE = /^file ([a-z0-9.-]{1,100}) (0|[1-9]\d{0,12}) ([0-9a-f]{64})$/;

export interface BundleFile {
  name: string;
  bytes: number;
  // Hex. Undefined where the browser does not compute it.
  sha256: string | undefined;
  chunks: Uint8Array[];
}

export interface Manifest {
  // log, excerpt or decisions
  kind: string;
  // Sizes of the log, or of the decision log.
  from: bigint;
  to: bigint;
  files: { name: string; bytes: number; sha256: string }[];
}

export interface Bundle {
  manifest: Manifest;
  bytes: number;
  // Of the single file, in order.
  parts: Uint8Array[];
}

export class BundleTooLarge extends Error {}

const damaged = (what: string) => new ConnectError(what, Code.DataLoss);

// What a client needs of it. Undefined: it is no manifest.
export function readManifest(bytes: Uint8Array): Manifest | undefined {
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (bytes.length > MOST_MANIFEST_BYTES || lines[0] !== FIRST_LINE) return undefined;
  const value = (at: number, name: string) => (lines[at]?.startsWith(`${name} `) ? lines[at].slice(name.length + 1) : "");
  const kind = value(1, "kind");
  const from = value(6, "from");
  const to = value(7, "to");
  if (!kind || !NUMBER.test(from) || !NUMBER.test(to)) return undefined;
  const files: Manifest["files"] = [];
  let at = 8;
  for (; lines[at] !== ""; at += 1) {
    const [, name, size, sha256] = FILE_LINE.exec(lines[at] ?? "") ?? [];
    if (!name || !size || !sha256 || files.length === MOST_FILES) return undefined;
    files.push({ name, bytes: Number(size), sha256 });
  }
  const signed = lines[at + 1]?.startsWith("signature ") && lines[at + 2] === "" && lines.length === at + 3;
  return signed && files.length > 0 ? { kind, from: BigInt(from), to: BigInt(to), files } : undefined;
}

// Throws DATA_LOSS when the files are not those of the manifest, in its order and whole.
export function assembleBundle(manifestBytes: Uint8Array, files: readonly BundleFile[]): Bundle {
  const manifest = readManifest(manifestBytes);
  if (!manifest) throw damaged("the node sent a manifest that is none");
  const whole =
    manifest.files.length === files.length &&
    manifest.files.every((wanted, at) => {
      const came = files[at];
      return (
        came?.name === wanted.name &&
        came.bytes === wanted.bytes &&
        came.chunks.reduce((sum, chunk) => sum + chunk.length, 0) === wanted.bytes &&
        (came.sha256 === undefined || came.sha256 === wanted.sha256)
      );
    });
  if (!whole) throw damaged("what the node sent is not what its manifest says");
  const parts = [manifestBytes, ...files.flatMap(({ chunks }) => chunks)];
  return { manifest, parts, bytes: parts.reduce((sum, part) => sum + part.length, 0) };
}

// "log-1234.bundle"; of a part of the log, "log-1000-1234.bundle".
export function bundleName({ kind, from, to }: Manifest): string {
  return `${[kind, ...(from > 0n ? [from] : []), to].join("-")}.bundle`;
}

async function sha256Of(chunks: readonly Uint8Array[]): Promise<string | undefined> {
  // Absent where the page did not come over TLS or from this machine.
  if (!globalThis.crypto?.subtle) return undefined;
  const all = await new Blob([...chunks] as BlobPart[]).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Takes a node's messages until the last. Bytes done, and all as far as they are known, 0: not at all.
// Throws BundleTooLarge, what the stream throws, and what assembleBundle throws.
export async function receiveBundle(
  messages: AsyncIterable<ExportLogResponse>,
  onProgress: (done: number, total: number) => void,
  most = MOST_BUNDLE_BYTES,
): Promise<Bundle> {
  const files: BundleFile[] = [];
  let manifest: Uint8Array | undefined;
  let have = 0;
  let open: BundleFile | undefined;
  const end = async () => {
    if (open) open.sha256 = await sha256Of(open.chunks);
    open = undefined;
  };
  for await (const { piece, done, total } of messages) {
    if (manifest) throw damaged("the node sent more than a bundle");
    if (piece.case === "file") {
      await end();
      if (files.length === MOST_FILES) throw damaged("the node sent more files than a bundle has");
      open = { name: piece.value.name, bytes: 0, sha256: undefined, chunks: [] };
      files.push(open);
    } else if (piece.case === "chunk") {
      if (!open) throw damaged("the node sent bytes of no file");
      have += piece.value.length;
      open.bytes += piece.value.length;
      open.chunks.push(piece.value);
    } else if (piece.case === "manifest") {
      await end();
      manifest = piece.value;
    }
    if (have > most || total > BigInt(most)) throw new BundleTooLarge();
    onProgress(Number(done), Number(total));
  }
  if (!manifest) throw damaged("the node sent no manifest");
  return assembleBundle(manifest, files);
}
