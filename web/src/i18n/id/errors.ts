import type { errors as en } from "../en/errors";

export const errors: typeof en = {
  canceled: "Ini dihentikan.",
  changed: "Sementara itu seseorang telah mengubahnya. Muat ulang.",
  damaged: "Yang diterima rusak dan tidak ada yang disimpan.",
  exists: "Ini sudah ada.",
  forbidden: "Peran Anda tidak mengizinkan ini.",
  internal: "Ada yang salah di node.",
  invalid: "Ada yang tidak tepat pada isian Anda.",
  missing: "Node ini belum bisa melakukannya.",
  notFound: "Tidak ditemukan.",
  notNow: "Ini tidak bisa dilakukan sekarang.",
  signedOut: "Anda sudah tidak masuk lagi.",
  slow: "Terlalu lama. Coba lagi.",
  tooMany: "Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.",
  tooManyUntil: (when: string) => `Terlalu banyak percobaan. Coba lagi ${when}.`,
  unreachable: "Node tidak menjawab. Pastikan node berjalan, lalu coba lagi.",
  again: "Coba lagi",
  nodeSays: "Kata node:",
};
