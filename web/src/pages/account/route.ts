import { EVERYBODY } from "../../roles";
import type { PageRoute } from "../../routes";

// The shell itself has the way to it.
export const route: PageRoute = {
  path: "account",
  roles: EVERYBODY,
  load: () => import("./page"),
};
