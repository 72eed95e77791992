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

// Answers as told; undefined: nobody is there.
function stubRequests(status: number, told: Uint8Array | undefined) {
  const seen: { url?: string; headers: Record<string, string>; body?: Blob } = { headers: {} };
  class FakeRequest {
    status = status;
    response = told?.slice().buffer;
    upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
    onload?: () => void;
    onerror?: () => void;
    open(_method: string, url: string) {
      seen.url = url;
    }
    setRequestHeader(name: string, value: string) {
      seen.headers[name] = value;
    }
    send(body: Blob) {
      seen.body = body;
      this.upload.onprogress?.({ loaded: body.size / 2, total: body.size });
      if (told) this.onload?.();
      else this.onerror?.();
    }
  }
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  return seen;
}

describe("sending a proof", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("goes to the node as a Connect stream, and tells how far it is", async () => {
    const seen = stubRequests(200, join(answer(), end({})));
    const shares: number[] = [];
    const sent = await addProof(upload(20), { onProgress: (share) => shares.push(share) });
    expect(sent.proof?.number).toBe(3);
    expect(shares).toEqual([0.5]);
    expect(seen.url).toBe("/daftar.v1.ShopService/AddProof");
    expect(seen.headers).toMatchObject({
      "Content-Type": "application/connect+proto",
      "Connect-Protocol-Version": "1",
      "Connect-Timeout-Ms": "540000",
    });
    expect(new Uint8Array(await seen.body!.arrayBuffer())).toEqual(join(...uploadBody(upload(20))));
  });

  it("fails as the node says, or as unreachable", async () => {
    const refused = { code: "permission_denied", message: "staff may not" };
    stubRequests(403, new TextEncoder().encode(JSON.stringify(refused)));
    await expect(addProof(upload(1))).rejects.toMatchObject({ code: Code.PermissionDenied });
    stubRequests(0, undefined);
    await expect(addProof(upload(1))).rejects.toMatchObject({ code: Code.Unavailable });
  });

  it("is not begun once it was given up", async () => {
    stubRequests(200, join(answer(), end({})));
    const sent = addProof(upload(1), { signal: AbortSignal.abort() });
    await expect(sent).rejects.toMatchObject({ code: Code.Canceled });
  });
});
