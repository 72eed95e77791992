export const because = {
  why: "Reason",
  whyHint: "One sentence that names no buyer. It stays on your node's record, next to your name.",
  whyMissing: "Say why, so that it can be understood later.",
};
