import type { recognise as en } from "../en/recognise";

export const recognise: typeof en = {
  takenFor: (type: string, display: string) => `${type}: ${display}`,
  unknown: "Ini bukan sesuatu yang boleh menunjukkan seorang pembeli. Tulis seperti 012-345 6789.",
  which: "Apakah ini?",
};
