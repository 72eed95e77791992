// Who is signed in here. Undefined until the node has said so.
import type { GetSessionResponse } from "./gen/daftar/v1/session_pb";
import { holdsOne, type Role } from "./roles";
import { makeStore, useStore } from "./store";

export const session = makeStore<GetSessionResponse | undefined>(undefined);

export const useSession = () => useStore(session);

// Whether the one who is signed in holds one of the roles.
export function useMay(wanted: readonly Role[]): boolean {
  const current = useSession();
  return current !== undefined && holdsOne(current.roles, wanted);
}

// The session has ended while a page was open: the sign-in page takes its place.
export function sessionEnded() {
  const current = session.get();
  if (current?.user) session.set({ ...current, user: "", roles: [] });
}
