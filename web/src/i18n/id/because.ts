import type { because as en } from "../en/because";

export const because: typeof en = {
  why: "Alasan",
  whyHint: "Satu kalimat tanpa nama pembeli. Disimpan di catatan node Anda, di samping nama Anda.",
  whyMissing: "Sebutkan alasannya supaya nanti bisa dipahami.",
};
