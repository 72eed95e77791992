import { Role } from "./gen/daftar/v1/types_pb";

export { Role };

// As node/service/access.cc has them: who works at the counter, who reads, who sees partners.
export const COUNTER: readonly Role[] = [Role.STAFF, Role.MANAGER];
export const READERS: readonly Role[] = [Role.STAFF, Role.MANAGER, Role.AUDITOR];
export const MANAGERS: readonly Role[] = [Role.MANAGER];
export const MANAGERS_AND_AUDITORS: readonly Role[] = [Role.MANAGER, Role.AUDITOR];
export const OPERATORS: readonly Role[] = [Role.OPERATOR];
export const OPERATORS_AND_AUDITORS: readonly Role[] = [Role.OPERATOR, Role.AUDITOR];
export const PARTNER_READERS: readonly Role[] = [Role.MANAGER, Role.OPERATOR, Role.AUDITOR];
export const EVERYBODY: readonly Role[] = [Role.STAFF, Role.MANAGER, Role.OPERATOR, Role.AUDITOR];

// An owner is listed as all of them.
export const isOwner = (held: readonly Role[]) => EVERYBODY.every((role) => held.includes(role));

export function holdsOne(held: readonly Role[], wanted: readonly Role[]): boolean {
  return wanted.some((role) => held.includes(role));
}
