// Whether no other machine reaches "HOST:PORT".
export function isOnlyHere(endpoint: string): boolean {
  const host = endpoint.replace(/:\d+$/, "").replace(/^\[|\]$/g, "").toLowerCase();
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
