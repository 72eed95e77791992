import type { ui as en } from "../en/ui";

export const ui: typeof en = {
  actions: "Tindakan",
  cancel: "Batal",
  close: "Tutup",
  copied: "Disalin.",
  copy: "Salin",
  dismiss: "Sembunyikan",
  loading: "Memuatkan…",
  more: "Tunjukkan lagi",
  optional: "pilihan",
  amountFormat: (example: string) => `Tulis jumlah seperti ${example}.`,
  amountDecimals: (currency: string) => `Jumlah ${currency} tidak mempunyai perpuluhan sebanyak itu.`,
  amountLarge: "Jumlah ini terlalu besar untuk direkodkan.",
  currency: "Mata wang",
};
