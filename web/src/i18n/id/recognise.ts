import type { recognise as en } from "../en/recognise";

export const recognise: typeof en = {
  takenFor: (type: string, display: string) => `${type}: ${display}`,
  unknown: "Ini bukan sesuatu yang bisa menunjuk seorang pembeli. Tulis seperti 0812-3456-7890.",
  which: "Ini apa?",
};
