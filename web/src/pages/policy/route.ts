import { EVERYBODY } from "../../roles";
import type { PageRoute } from "../../routes";
import { IconPolicy } from "../../ui/icons";

export const route: PageRoute = {
  path: "policy",
  nav: { order: 50, icon: IconPolicy, label: (words) => words.policy },
  roles: EVERYBODY,
  load: () => import("./page"),
};
