import { READERS } from "../../roles";
import type { PageRoute } from "../../routes";

// The policy's page has the way to it.
export const route: PageRoute = {
  path: "groups",
  roles: READERS,
  load: () => import("./page"),
};
