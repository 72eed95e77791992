import { EVERYBODY } from "../../roles";
import type { PageRoute } from "../../routes";

// The partners' page and the policy's have the way to it.
export const route: PageRoute = {
  path: "charter",
  roles: EVERYBODY,
  load: () => import("./page"),
};
