// Minor digits of ISO 4217 as the node has them (node/evidence/money.cc).
const NO_MINOR = new Set(
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" "),
);
const THREE_MINOR = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

export function minorDigits(currency: string): number {
  return NO_MINOR.has(currency) ? 0 : THREE_MINOR.has(currency) ? 3 : 2;
}
