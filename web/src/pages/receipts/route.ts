import { READERS } from "../../roles";
import type { PageRoute } from "../../routes";

// Reached from a check.
export const route: PageRoute = {
  path: "receipts",
  roles: READERS,
  load: () => import("./page"),
};
