import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { AddProofRequestSchema, AddProofResponseSchema } from "../src/gen/daftar/v1/shop_pb";
import { frame, MAX_CHUNK_BYTES, proofBody, readAnswer, readFrames } from "../src/upload";

const details = { requestId: "r1", incident: "3f0c", kind: "invoice", name: "invoice-17.pdf" };
const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const join = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));

function codeOf(run: () => unknown): Code | undefined {
  try {
    run();
  } catch (error) {
    return ConnectError.from(error).code;
  }
  return undefined;
}

describe("the body of an upload", () => {
  it("names the file first, and carries it in chunks that the node takes", async () => {
    const file = new Uint8Array(MAX_CHUNK_BYTES * 2 + 200).map((_, at) => at % 251);
    const body = new Uint8Array(await proofBody(details, new Blob([file])).arrayBuffer());
    const messages = readFrames(body).map(({ flags, message }) => {
      expect(flags).toBe(0);
      return fromBinary(AddProofRequestSchema, message).part;
    });
    expect(messages[0]).toMatchObject({ case: "proof", value: { ...details, bytes: BigInt(file.length) } });
    const chunks = messages.slice(1).map((part) => (part.case === "chunk" ? part.value : new Uint8Array()));
    expect(chunks.map((chunk) => chunk.length)).toEqual([MAX_CHUNK_BYTES, MAX_CHUNK_BYTES, 200]);
    expect(Buffer.compare(Buffer.concat(chunks), Buffer.from(file))).toBe(0);
  });
});

describe("the answer to an upload", () => {
  const proof = toBinary(AddProofResponseSchema, create(AddProofResponseSchema, { proof: { number: 3, kind: "invoice" } }));

  it("has the proof", () => {
    expect(readAnswer(200, join(frame(0, proof), frame(2, text({}))))).toMatchObject({ number: 3 });
  });

  it("has the error that its end tells of", () => {
    const bytes = frame(2, text({ error: { code: "already_exists", message: "the same file is there" } }));
    expect(codeOf(() => readAnswer(200, bytes))).toBe(Code.AlreadyExists);
  });

  it("does not count without its end", () => {
    expect(codeOf(() => readAnswer(200, frame(0, proof)))).toBe(Code.Unavailable);
    expect(codeOf(() => readAnswer(200, frame(0, proof).subarray(0, 7)))).toBe(Code.Unavailable);
  });

  it("may be a refusal without frames", () => {
    expect(codeOf(() => readAnswer(403, text({ code: "permission_denied", message: "no" })))).toBe(Code.PermissionDenied);
    expect(codeOf(() => readAnswer(413, new TextEncoder().encode("<html>")))).toBe(Code.ResourceExhausted);
  });
});
