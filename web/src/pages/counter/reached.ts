import { PartnerState } from "../../gen/daftar/v1/shop_pb";

// How many of the partner shops have their knowledge in an answer. One whose state is not known has not.
export const reachedOf = (partners: readonly { state: PartnerState }[]) =>
  partners.filter(({ state }) => state !== PartnerState.NOT_CHECKED && state !== PartnerState.UNSPECIFIED).length;

// How many of these know what is newest: only of them it can be said that they have no record.
export const currentOf = (partners: readonly { state: PartnerState }[]) =>
  partners.filter(({ state }) => state === PartnerState.ANSWERED || state === PartnerState.CACHED).length;
