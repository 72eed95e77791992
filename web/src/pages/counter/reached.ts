import { PartnerState } from "../../gen/daftar/v1/shop_pb";

// How many of the partner shops have their knowledge in an answer. One whose state is not known has not.
export const reachedOf = (partners: readonly { state: PartnerState }[]) =>
  partners.filter(({ state }) => state !== PartnerState.NOT_CHECKED && state !== PartnerState.UNSPECIFIED).length;
