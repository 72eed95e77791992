import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { PROOF_TIMEOUT_MS, proofName, receiveProof } from "../src/proof_file";

const part = (text: string) => ({ part: { case: "chunk" as const, value: new TextEncoder().encode(text) } });
async function* sent(...texts: string[]) {
  yield { part: { case: "proof" as const } };
  for (const text of texts) yield part(text);
}
const fault = (work: Promise<unknown>) => work.then(() => undefined, (error: unknown) => ConnectError.from(error).code);

describe("a proof file", () => {
  it("is put together from its chunks, and is nothing that a browser would show", async () => {
    const shares: number[] = [];
    const file = await receiveProof(sent("one ", "sofa"), 8n, (share) => shares.push(share));
    expect(await file.text()).toBe("one sofa");
    expect(file.type).toBe("application/octet-stream");
    expect(shares).toEqual([0.5, 1]);
  });

  it("is damaged when it is shorter or longer than was said", async () => {
    expect(await fault(receiveProof(sent("one sof"), 8n, () => undefined))).toBe(Code.DataLoss);
    expect(await fault(receiveProof(sent("one sofa", "!"), 8n, () => undefined))).toBe(Code.DataLoss);
  });

  it("is read with time to spare before the ten minutes at which the node refuses the call", () => {
    expect(PROOF_TIMEOUT_MS).toBeLessThanOrEqual(590_000);
  });

  it("is called by what it is, and by nothing that has a meaning to a disk", () => {
    const invoice = { number: 2, kind: "invoice", mediaType: "application/pdf" };
    expect(proofName(invoice)).toBe("invoice-2.pdf");
    expect(proofName(invoice, "toko-b.test-17")).toBe("toko-b.test-17-invoice-2.pdf");
    expect(proofName({ ...invoice, kind: "../x/y", mediaType: "application/x-sh" })).toBe("..-x-y-2.bin");
  });
});
