// Saving a proof file, the shop's own or a partner's. It becomes a file of its own and is never shown
// in the page: what a stranger sent is opened by the device's own program, if at all.
import { Code, ConnectError } from "@connectrpc/connect";

// The node refuses a call that may take longer than ten minutes by its own clock, a hair later.
export const PROOF_TIMEOUT_MS = 540_000;

const ENDINGS: Record<string, string> = {
  "application/pdf": "pdf",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "message/rfc822": "eml",
  "text/plain": "txt",
};

interface Described {
  number: number;
  kind: string;
  mediaType: string;
}

// "invoice-2.pdf", behind `before` where there is something to tell it from others by.
export function proofName({ number, kind, mediaType }: Described, before = ""): string {
  const stem = [before, kind, number].filter(Boolean).join("-");
  return `${stem.replace(/[^A-Za-z0-9.-]+/g, "-")}.${ENDINGS[mediaType] ?? "bin"}`;
}

type Part = { case: "chunk"; value: Uint8Array } | { case: "proof" } | { case: undefined };

// The file's content. Throws DATA_LOSS when it is not of `bytes` bytes, and takes no more of it then.
export async function receiveProof(
  messages: AsyncIterable<{ part: Part }>,
  bytes: bigint,
  onShare: (share: number) => void,
): Promise<Blob> {
  const chunks: BlobPart[] = [];
  let have = 0;
  for await (const { part } of messages) {
    if (part.case !== "chunk") continue;
    have += part.value.length;
    if (have > bytes) break;
    chunks.push(new Uint8Array(part.value));
    onShare(have / Math.max(1, Number(bytes)));
  }
  if (BigInt(have) !== bytes) throw new ConnectError("the file has not the length that was said", Code.DataLoss);
  return new Blob(chunks, { type: "application/octet-stream" });
}
