import { create } from "@bufbuild/protobuf";
import { createHash } from "node:crypto";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import {
  assembleBundle,
  type BundleFile,
  bundleName,
  BundleTooLarge,
  readManifest,
  receiveBundle,
} from "../src/bundle";
import { type ExportLogResponse, ExportLogResponseSchema } from "../src/gen/daftar/v1/node_pb";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function manifestOf(files: [string, string][], { kind = "log", from = "0", to = "17" } = {}): string {
  return [
    "daftar-bundle/v1",
    `kind ${kind}`,
    "origin toko-a.example/daftar",
    "circle 000102030405060708090a0b0c0d0e0f",
    "made-at 1790813100",
    "signer c487b79d",
    `from ${from}`,
    `to ${to}`,
    ...files.map(([name, text]) => `file ${name} ${text.length} ${sha256(text)}`),
    "",
    "signature c2lnbmVk",
    "",
  ].join("\n");
}

const FILES: [string, string][] = [
  ["head", "the head's note\n"],
  ["entries", "leaves of the log"],
  ["bodies", ""],
];
const came = ([name, text]: [string, string]): BundleFile => ({
  name,
  bytes: text.length,
  sha256: sha256(text),
  // In two chunks, as a longer file comes.
  chunks: [bytesOf(text.slice(0, 4)), bytesOf(text.slice(4))],
});
const textOf = (parts: Uint8Array[]) => parts.map((part) => new TextDecoder().decode(part)).join("");

type Piece = ExportLogResponse["piece"];
async function* stream(pieces: Piece[], total = 0n) {
  for (const piece of pieces) yield create(ExportLogResponseSchema, { piece, total });
}
const sent = (files: [string, string][], manifest = manifestOf(files)): Piece[] => [
  ...files.flatMap(([name, text]): Piece[] => [
    { case: "file", value: { $typeName: "daftar.v1.BundleFile", name } },
    ...(text ? [{ case: "chunk" as const, value: bytesOf(text) }] : []),
  ]),
  { case: "manifest", value: bytesOf(manifest) },
];
const none = () => undefined;
const fault = async (work: Promise<unknown>) => ConnectError.from(await work.catch((error: unknown) => error)).code;

describe("a bundle", () => {
  it("as one file is its manifest, then its files in the manifest's order, and nothing else", () => {
    const manifest = manifestOf(FILES);
    const bundle = assembleBundle(bytesOf(manifest), FILES.map(came));
    expect(textOf(bundle.parts)).toBe(manifest + FILES.map(([, text]) => text).join(""));
    expect(bundle.bytes).toBe(textOf(bundle.parts).length);
    expect(bundle.manifest).toMatchObject({ kind: "log", from: 0n, to: 17n });
  });

  it("is refused when a file is missing, too many, in another place, cut short or altered", () => {
    const manifest = bytesOf(manifestOf(FILES));
    const [head, entries, bodies] = FILES.map(came) as [BundleFile, BundleFile, BundleFile];
    const refused = (files: BundleFile[]) => expect(() => assembleBundle(manifest, files)).toThrow(ConnectError);
    refused([head, entries]);
    refused([head, entries, bodies, came(["case", "x"])]);
    refused([entries, head, bodies]);
    refused([head, { ...entries, chunks: entries.chunks.slice(0, 1) }, bodies]);
    refused([head, { ...entries, sha256: sha256("LEAVES of the log") }, bodies]);
    expect(() => assembleBundle(bytesOf("daftar-bundle/v2\n"), [head, entries, bodies])).toThrow(ConnectError);
  });

  it("is called by what it is of, and its size", () => {
    const named = (options: object) => bundleName(readManifest(bytesOf(manifestOf(FILES, options)))!);
    expect(named({})).toBe("log-17.bundle");
    expect(named({ from: "12" })).toBe("log-12-17.bundle");
    expect(named({ kind: "decisions", to: "4096" })).toBe("decisions-4096.bundle");
  });
});

describe("a manifest", () => {
  const read = (text: string) => readManifest(bytesOf(text));
  it("is read as the page on bundles has it, and not otherwise", () => {
    const text = manifestOf(FILES);
    expect(read(text)?.files.map(({ name }) => name)).toEqual(["head", "entries", "bodies"]);
    expect(read(text.replace("to 17", "to 017"))).toBeUndefined();
    expect(read(text.replace("file head", "file ../head"))).toBeUndefined();
    expect(read(text.replace("signature", "signed"))).toBeUndefined();
    expect(read(`${text}more`)).toBeUndefined();
    expect(read(manifestOf([]))).toBeUndefined();
    expect(read(manifestOf(Array.from({ length: 2049 }, (_, at) => [`entry-${at}.leaf`, ""])))).toBeUndefined();
  });
});

describe("what a node sends of a bundle", () => {
  it("becomes the bundle", async () => {
    const seen: number[] = [];
    const bundle = await receiveBundle(stream(sent(FILES)), (_, total) => seen.push(total));
    expect(textOf(bundle.parts)).toBe(manifestOf(FILES) + FILES.map(([, text]) => text).join(""));
    expect(seen.length).toBeGreaterThan(3);
  });

  it("is damaged when a byte has changed, the manifest is missing, or more comes after it", async () => {
    const changed = sent(FILES.map(([name, text]) => [name, text.toUpperCase()]), manifestOf(FILES));
    expect(await fault(receiveBundle(stream(changed), none))).toBe(Code.DataLoss);
    expect(await fault(receiveBundle(stream(sent(FILES).slice(0, -1)), none))).toBe(Code.DataLoss);
    expect(await fault(receiveBundle(stream([...sent(FILES), ...sent(FILES)]), none))).toBe(Code.DataLoss);
    expect(await fault(receiveBundle(stream([{ case: "chunk", value: bytesOf("x") }]), none))).toBe(Code.DataLoss);
  });

  it("is not taken beyond what a browser should hold, as soon as that is known", async () => {
    await expect(receiveBundle(stream(sent(FILES)), none, 20)).rejects.toThrow(BundleTooLarge);
    let asked = 0;
    async function* large() {
      for await (const message of stream(sent(FILES), 10_000n)) {
        asked += 1;
        yield message;
      }
    }
    await expect(receiveBundle(large(), none, 9_999)).rejects.toThrow(BundleTooLarge);
    expect(asked).toBe(1);
  });
});
