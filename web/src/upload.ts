// Attaching a proof file. ShopService.AddProof takes a stream of messages, which a browser cannot
// send: the body of the Connect protocol's streaming request is made here and sent as a whole. Its
// frames are a byte of flags, the length as 32 bits in big endian, and the message.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { AddProofRequestSchema, AddProofResponseSchema, type NewProof, type Proof } from "./gen/daftar/v1/shop_pb";
import { sessionEnded } from "./session";

// The most that one message may carry, that a file may have, and files of one incident
// (shop.proto, node/evidence/proofs.h).
export const MAX_CHUNK_BYTES = 262_144;
export const MAX_PROOF_BYTES = 16_777_216;
export const MAX_PROOF_FILES = 64;
// Of a file's name, in bytes.
export const MAX_PROOF_NAME_BYTES = 200;

const END_OF_STREAM = 2;
const FRAME_HEAD = 5;
// The call takes ten minutes at most.
const TIMEOUT_MS = 540_000;

export type ProofDetails = Pick<NewProof, "requestId" | "incident" | "kind" | "name">;

function frameHead(flags: number, size: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(FRAME_HEAD);
  head[0] = flags;
  new DataView(head.buffer).setUint32(1, size);
  return head;
}

export function frame(flags: number, message: Uint8Array): Uint8Array<ArrayBuffer> {
  const framed = new Uint8Array(FRAME_HEAD + message.length);
  framed.set(frameHead(flags, message.length));
  framed.set(message, FRAME_HEAD);
  return framed;
}

export interface Frame {
  flags: number;
  message: Uint8Array;
}

const cut = () => new ConnectError("the answer was cut on the way", Code.Unavailable);

// Throws when the bytes end within a frame.
export function readFrames(bytes: Uint8Array): Frame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + FRAME_HEAD > bytes.length) throw cut();
    const end = at + FRAME_HEAD + view.getUint32(at + 1);
    if (end > bytes.length) throw cut();
    frames.push({ flags: view.getUint8(at), message: bytes.subarray(at + FRAME_HEAD, end) });
    at = end;
  }
  return frames;
}

// The file is read by the chunk when the body is sent, not before.
export function proofBody(details: ProofDetails, file: Blob): Blob {
  const first = create(AddProofRequestSchema, {
    part: { case: "proof", value: { ...details, bytes: BigInt(file.size) } },
  });
  const parts: BlobPart[] = [frame(0, toBinary(AddProofRequestSchema, first))];
  for (let at = 0; at < file.size; at += MAX_CHUNK_BYTES) {
    const chunk = file.slice(at, at + MAX_CHUNK_BYTES);
    const head = chunkHead(chunk.size);
    parts.push(frameHead(0, head.length + chunk.size), head, chunk);
  }
  return new Blob(parts);
}

// What stands before the bytes of AddProofRequest.chunk: field 2, bytes, and how many.
function chunkHead(size: number): Uint8Array<ArrayBuffer> {
  const head = [0x12];
  let rest = size;
  while (rest > 0x7f) {
    head.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  head.push(rest);
  return new Uint8Array(head);
}

interface WireError {
  code?: string;
  message?: string;
}

// "permission_denied" is Code.PermissionDenied.
function errorOf(told: WireError, otherwise: Code): ConnectError {
  const name = (told.code ?? "").replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const known = Code[name as keyof typeof Code];
  return new ConnectError(told.message ?? "", typeof known === "number" ? known : otherwise);
}

// Of answers that somebody between gave, as the Connect protocol maps them.
function codeOfStatus(status: number): Code {
  if (status === 401) return Code.Unauthenticated;
  if (status === 403) return Code.PermissionDenied;
  if (status === 404) return Code.Unimplemented;
  if (status === 413) return Code.ResourceExhausted;
  return [429, 502, 503, 504].includes(status) ? Code.Unavailable : Code.Unknown;
}

// The proof that the answer tells of; throws the error that it tells of.
export function readAnswer(status: number, bytes: Uint8Array): Proof | undefined {
  if (status !== 200) {
    let told: WireError = {};
    try {
      told = JSON.parse(new TextDecoder().decode(bytes)) as WireError;
    } catch {
      // Not from the node: the status says what there is to know.
    }
    throw errorOf(told, codeOfStatus(status));
  }
  const frames = readFrames(bytes);
  const end = frames.find(({ flags }) => (flags & END_OF_STREAM) !== 0);
  if (!end) throw cut();
  const told = JSON.parse(new TextDecoder().decode(end.message)) as { error?: WireError };
  if (told.error) throw errorOf(told.error, Code.Unknown);
  const answer = frames.find((each) => each !== end);
  if (!answer) throw cut();
  return fromBinary(AddProofResponseSchema, answer.message).proof;
}

export interface UploadOptions {
  signal?: AbortSignal;
  // How much of it was sent, from 0 to 1.
  onProgress?: (share: number) => void;
}

// Resolves when the proof is durably there. Repeated with the same request id it adds nothing new.
export function addProof(details: ProofDetails, file: Blob, options: UploadOptions = {}): Promise<Proof | undefined> {
  return new Promise((resolve, reject) => {
    // fetch does not tell how much of a body was sent.
    const request = new XMLHttpRequest();
    request.open("POST", "/daftar.v1.ShopService/AddProof");
    request.responseType = "arraybuffer";
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader("Content-Type", "application/connect+proto");
    request.setRequestHeader("Connect-Protocol-Version", "1");
    request.setRequestHeader("Connect-Timeout-Ms", String(TIMEOUT_MS));
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) options.onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      try {
        resolve(readAnswer(request.status, new Uint8Array(request.response as ArrayBuffer)));
      } catch (error) {
        const failure = ConnectError.from(error);
        if (failure.code === Code.Unauthenticated) sessionEnded();
        reject(failure);
      }
    };
    request.onerror = () => reject(new ConnectError("", Code.Unavailable));
    request.ontimeout = () => reject(new ConnectError("", Code.DeadlineExceeded));
    request.onabort = () => reject(new ConnectError("", Code.Canceled));
    options.signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(proofBody(details, file));
  });
}
