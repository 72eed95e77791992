import type { ui as en } from "../en/ui";

export const ui: typeof en = {
  actions: "Tindakan",
  cancel: "Batal",
  close: "Tutup",
  copied: "Tersalin.",
  copy: "Salin",
  dismiss: "Sembunyikan",
  loading: "Memuat…",
  more: "Tampilkan lagi",
  optional: "tidak wajib",
  amountFormat: (example: string) => `Tulis jumlahnya seperti ${example}.`,
  amountDecimals: (currency: string) => `Jumlah ${currency} tidak punya desimal sebanyak itu.`,
  amountLarge: "Jumlah ini terlalu besar untuk dicatat.",
  currency: "Mata uang",
};
