import type { because as en } from "../en/because";

export const because: typeof en = {
  why: "Sebab",
  whyHint: "Satu ayat tanpa nama pembeli. Ia disimpan dalam rekod nod anda, di sebelah nama anda.",
  whyMissing: "Nyatakan sebabnya supaya dapat difahami kemudian.",
};
