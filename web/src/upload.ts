// Sends a proof file. Browsers cannot stream a request, so that the generated client does not either;
// but a Connect stream whose end is known is just a body: each message behind five bytes, which are
// its flags and its length (https://connectrpc.com/docs/protocol, "Enveloped-Message").
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import {
  AddProofRequestSchema,
  type AddProofResponse,
  AddProofResponseSchema,
  NewProofSchema,
} from "./gen/daftar/v1/shop_pb";
import { sessionEnded } from "./session";

// The node takes no larger chunk, and no larger file.
export const CHUNK_BYTES = 256 * 1024;
export const MOST_PROOF_BYTES = 16 * 1024 * 1024;
// Of one incident; and of a file's name, in bytes.
export const MOST_PROOF_FILES = 64;
export const MOST_PROOF_NAME_BYTES = 200;

const END_FLAG = 0b10;
const HEAD_BYTES = 5;
const TIMEOUT_MS = 540_000;

export interface ProofUpload {
  requestId: string;
  // The incident's id.
  incident: string;
  // order, agreement, delivery-note, invoice, reminder, payment-record, correspondence
  kind: string;
  // One line; may be empty.
  name: string;
  content: Uint8Array;
}

export function envelope(message: Uint8Array, flags = 0): Uint8Array<ArrayBuffer> {
  const framed = new Uint8Array(HEAD_BYTES + message.length);
  const view = new DataView(framed.buffer);
  view.setUint8(0, flags);
  view.setUint32(1, message.length);
  framed.set(message, HEAD_BYTES);
  return framed;
}

// The request's messages in their envelopes: what it is, then its content.
export function uploadBody(upload: ProofUpload): Uint8Array<ArrayBuffer>[] {
  const { requestId, incident, kind, name, content } = upload;
  const proof = create(NewProofSchema, { requestId, incident, kind, name, bytes: BigInt(content.length) });
  const messages = [create(AddProofRequestSchema, { part: { case: "proof", value: proof } })];
  for (let at = 0; at < content.length; at += CHUNK_BYTES) {
    const value = content.subarray(at, at + CHUNK_BYTES);
    messages.push(create(AddProofRequestSchema, { part: { case: "chunk", value } }));
  }
  return messages.map((message) => envelope(toBinary(AddProofRequestSchema, message)));
}

interface ConnectFailure {
  code?: string;
  message?: string;
}

function failure(said: ConnectFailure | undefined, otherwise: Code): ConnectError {
  return new ConnectError(said?.message ?? "", codeFromString(said?.code ?? "") ?? otherwise);
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

// One message, then the frame that ends the answer. Throws the ConnectError that it carries.
export function readAnswer(body: Uint8Array): AddProofResponse {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let answer: AddProofResponse | undefined;
  let at = 0;
  while (at + HEAD_BYTES <= body.length) {
    const flags = view.getUint8(at);
    const end = at + HEAD_BYTES + view.getUint32(at + 1);
    if (end > body.length) break;
    const message = body.subarray(at + HEAD_BYTES, end);
    at = end;
    if (flags & END_FLAG) {
      const ended = parse<{ error?: ConnectFailure }>(new TextDecoder().decode(message));
      if (ended?.error) throw failure(ended.error, Code.Unknown);
      if (ended && answer) return answer;
      break;
    }
    if (flags !== 0) break;
    answer = fromBinary(AddProofResponseSchema, message);
  }
  // Whether the proof is there is not known: the same request may be repeated.
  throw new ConnectError("the answer was cut off", Code.Unavailable);
}

export interface UploadOptions {
  signal?: AbortSignal;
  // How much of it was sent, from 0 to 1.
  onProgress?: (share: number) => void;
}

interface Answered {
  status: number;
  body: Uint8Array;
}

// fetch does not tell how much of a body was sent.
function send(parts: BlobPart[], { signal, onProgress }: UploadOptions): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const fail = (code: Code) => () => reject(new ConnectError("", code));
    const request = new XMLHttpRequest();
    request.open("POST", "/daftar.v1.ShopService/AddProof");
    request.responseType = "arraybuffer";
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader("Content-Type", "application/connect+proto");
    request.setRequestHeader("Connect-Protocol-Version", "1");
    // The call needs a deadline.
    request.setRequestHeader("Connect-Timeout-Ms", String(TIMEOUT_MS));
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0);
    request.onload = () =>
      resolve({ status: request.status, body: new Uint8Array(request.response as ArrayBuffer) });
    request.onerror = fail(Code.Unavailable);
    request.ontimeout = fail(Code.DeadlineExceeded);
    request.onabort = fail(Code.Canceled);
    if (signal?.aborted) {
      fail(Code.Canceled)();
      return;
    }
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(new Blob(parts));
  });
}

// The proof is there when this has succeeded, and nothing of it when not.
export async function addProof(upload: ProofUpload, options: UploadOptions = {}): Promise<AddProofResponse> {
  const { status, body } = await send(uploadBody(upload), options);
  try {
    if (status === 200) return readAnswer(body);
    throw failure(parse<ConnectFailure>(new TextDecoder().decode(body)), Code.Unknown);
  } catch (error) {
    if (ConnectError.from(error).code === Code.Unauthenticated) sessionEnded();
    throw error;
  }
}
