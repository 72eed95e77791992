import { OPERATORS_AND_AUDITORS } from "../../roles";
import type { PageRoute } from "../../routes";
import { IconUsers } from "../../ui/icons";

export const route: PageRoute = {
  path: "users",
  nav: { order: 70, icon: IconUsers, label: (words) => words.users },
  roles: OPERATORS_AND_AUDITORS,
  load: () => import("./page"),
};
