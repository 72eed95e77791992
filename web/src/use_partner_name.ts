import { node } from "./api";
import { PARTNER_READERS } from "./roles";
import { useMay } from "./session";
import { useAsk } from "./use_ask";

// What a partner calls itself, for those who may see partners; else, and of one that is not known, its
// origin.
export function usePartnerName(): (origin: string) => string {
  const may = useMay(PARTNER_READERS);
  const asked = useAsk(async (signal) => (may ? (await node.listPartners({}, { signal })).partners : []), [may]);
  const names = new Map(asked.value?.map(({ origin, name }) => [origin, name]));
  return (origin) => names.get(origin) || origin;
}
