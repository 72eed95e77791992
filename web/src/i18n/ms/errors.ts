import type { errors as en } from "../en/errors";

export const errors: typeof en = {
  canceled: "Ini telah dihentikan.",
  changed: "Seseorang telah mengubahnya sementara itu. Muat semula.",
  damaged: "Apa yang diterima rosak dan tiada apa-apa disimpan.",
  exists: "Ini sudah ada.",
  forbidden: "Peranan anda tidak membenarkan ini.",
  internal: "Ada masalah pada nod.",
  invalid: "Ada yang tidak betul pada apa yang anda isi.",
  missing: "Nod ini belum boleh melakukannya.",
  notFound: "Tidak dijumpai.",
  notNow: "Ini tidak boleh dilakukan sekarang.",
  signedOut: "Anda tidak lagi log masuk.",
  slow: "Terlalu lama. Cuba lagi.",
  tooMany: "Terlalu banyak percubaan. Tunggu sebentar, kemudian cuba lagi.",
  tooManyUntil: (when: string) => `Terlalu banyak percubaan. Cuba lagi ${when}.`,
  unreachable: "Nod tidak menjawab. Pastikan nod berjalan, kemudian cuba lagi.",
  again: "Cuba lagi",
  nodeSays: "Kata nod:",
};
