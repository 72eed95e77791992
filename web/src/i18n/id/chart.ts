import type { chart as en } from "../en/chart";

export const chart: typeof en = { numbers: "Angkanya dalam tabel" };
