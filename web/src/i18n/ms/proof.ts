import type { proof as en } from "../en/proof";

export const proof: typeof en = {
  kinds: {
    order: "Pesanan",
    agreement: "Perjanjian",
    "delivery-note": "Nota hantaran",
    invoice: "Invois",
    reminder: "Peringatan",
    "payment-record": "Rekod bayaran",
    correspondence: "Perbualan",
  },
  mediaTypes: {
    "application/pdf": "PDF",
    "image/png": "Gambar",
    "image/jpeg": "Gambar",
    "image/webp": "Gambar",
    "message/rfc822": "E-mel",
    "text/plain": "Teks",
  },
  downloadOf: (name: string) => `Muat turun ${name}`,
  downloading: "Membaca fail…",
  downloaded: "Fail disimpan oleh pelayar. Direkodkan bahawa anda membacanya.",
};
