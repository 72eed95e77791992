// Proof files, the shop's own and a partner's.
export const proof = {
  kinds: {
    order: "Order",
    agreement: "Agreement",
    "delivery-note": "Delivery note",
    invoice: "Invoice",
    reminder: "Reminder",
    "payment-record": "Payment record",
    correspondence: "Conversation",
  } as Record<string, string>,
  mediaTypes: {
    "application/pdf": "PDF",
    "image/png": "Picture",
    "image/jpeg": "Picture",
    "image/webp": "Picture",
    "message/rfc822": "E-mail",
    "text/plain": "Text",
  } as Record<string, string>,
  downloadOf: (name: string) => `Download ${name}`,
  downloading: "Reading the file…",
  downloaded: "The file was saved by the browser. It was noted that you read it.",
};
