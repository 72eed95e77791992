import { EVERYBODY } from "../../roles";
import type { PageRoute } from "../../routes";

// The partners' page has the way to it.
export const route: PageRoute = {
  path: "charter",
  roles: EVERYBODY,
  load: () => import("./page"),
};
