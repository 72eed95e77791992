import type { proof as en } from "../en/proof";

export const proof: typeof en = {
  kinds: {
    order: "Pesanan",
    agreement: "Perjanjian",
    "delivery-note": "Surat jalan",
    invoice: "Faktur",
    reminder: "Pengingat",
    "payment-record": "Bukti pembayaran",
    correspondence: "Percakapan",
  },
  mediaTypes: {
    "application/pdf": "PDF",
    "image/png": "Gambar",
    "image/jpeg": "Gambar",
    "image/webp": "Gambar",
    "message/rfc822": "E-mail",
    "text/plain": "Teks",
  },
  downloadOf: (name: string) => `Unduh ${name}`,
  downloading: "Membaca berkas…",
  downloaded: "Berkas disimpan oleh browser. Tercatat bahwa Anda membacanya.",
};
