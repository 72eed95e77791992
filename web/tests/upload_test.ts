import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AddProofRequestSchema, AddProofResponseSchema } from "../src/gen/daftar/v1/shop_pb";
import { addProof, CHUNK_BYTES, envelope, readAnswer, uploadBody } from "../src/upload";

const upload = (bytes: number) => ({
  requestId: "r1",
  incident: "i1",
  kind: "invoice",
  name: "faktur.pdf",
  content: Uint8Array.from({ length: bytes }, (_, at) => at % 251),
});

const end = (value: unknown) => envelope(new TextEncoder().encode(JSON.stringify(value)), 2);
const answer = () =>
  envelope(toBinary(AddProofResponseSchema, create(AddProofResponseSchema, { proof: { number: 3 } })));

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function codeOf(call: () => unknown): Code | undefined {
  try {
    call();
  } catch (error) {
    return ConnectError.from(error).code;
  }
  return undefined;
}

describe("a proof's request", () => {
  it("stands in envelopes of flags and length", () => {
    expect([...envelope(new Uint8Array([9, 8]), 2)]).toEqual([2, 0, 0, 0, 2, 9, 8]);
    expect([...envelope(new Uint8Array(300)).subarray(0, 5)]).toEqual([0, 0, 0, 1, 44]);
  });

  it("says what it is, then carries it in chunks that the node takes", () => {
    const sent = upload(CHUNK_BYTES * 2 + 10);
    const messages = uploadBody(sent).map((framed) => {
      const length = new DataView(framed.buffer).getUint32(1);
      expect(framed.length).toBe(length + 5);
      expect(framed[0]).toBe(0);
      return fromBinary(AddProofRequestSchema, framed.subarray(5)).part;
    });
    expect(messages.map((part) => part.case)).toEqual(["proof", "chunk", "chunk", "chunk"]);
    expect(messages[0]?.value).toMatchObject({
      requestId: "r1",
      incident: "i1",
      kind: "invoice",
      name: "faktur.pdf",
      bytes: BigInt(sent.content.length),
    });
    const chunks = messages.slice(1).map((part) => part.value as Uint8Array);
    expect(chunks.map((chunk) => chunk.length)).toEqual([CHUNK_BYTES, CHUNK_BYTES, 10]);
    // Compared as bytes: as values that many would take long.
    expect(Buffer.compare(join(...chunks), sent.content)).toBe(0);
  });
});

describe("a proof's answer", () => {
  it("is a message and the end", () => {
    expect(readAnswer(join(answer(), end({}))).proof?.number).toBe(3);
  });

  it("is read where it lies within a larger buffer", () => {
    const whole = join(new Uint8Array(7), answer(), end({}));
    expect(readAnswer(whole.subarray(7)).proof?.number).toBe(3);
  });

  it("throws what the end says", () => {
    const refused = join(end({ error: { code: "failed_precondition", message: "approved already" } }));
    expect(codeOf(() => readAnswer(refused))).toBe(Code.FailedPrecondition);
    expect(() => readAnswer(refused)).toThrow("approved already");
  });

  it("is not believed when it was cut off", () => {
    for (const cut of [join(answer()), join(end({})), answer().subarray(0, 4), join(answer(), end({})).subarray(0, -1), new Uint8Array()]) {
      expect(codeOf(() => readAnswer(cut))).toBe(Code.Unavailable);
    }
  });
});

describe("sending a proof", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("goes to the node as a Connect stream", async () => {
    const fetched = vi.fn(async () => new Response(join(answer(), end({}))));
    vi.stubGlobal("fetch", fetched);
    expect((await addProof(upload(20))).proof?.number).toBe(3);
    const [url, init] = fetched.mock.calls[0] as unknown as [string, RequestInit];
    expect(url).toBe("/daftar.v1.ShopService/AddProof");
    expect(init.headers).toMatchObject({
      "Content-Type": "application/connect+proto",
      "Connect-Protocol-Version": "1",
    });
    const body = new Uint8Array(await (init.body as Blob).arrayBuffer());
    expect(body).toEqual(join(...uploadBody(upload(20))));
  });

  it("fails as the node says, or as unreachable", async () => {
    const refused = { code: "permission_denied", message: "staff may not" };
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify(refused), { status: 403 }));
    await expect(addProof(upload(1))).rejects.toMatchObject({ code: Code.PermissionDenied });
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("fetch failed");
    });
    await expect(addProof(upload(1))).rejects.toMatchObject({ code: Code.Unavailable });
  });
});
