import { routeOf } from "./routes";
import { useSession } from "./session";

// Whether the one who is signed in can open a page: links to others are not shown.
export function useOpens(page: string): boolean {
  const session = useSession();
  return session !== undefined && routeOf(page, session.roles) !== undefined;
}
