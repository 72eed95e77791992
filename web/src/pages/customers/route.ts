import { COUNTER } from "../../roles";
import type { PageRoute } from "../../routes";
import { IconCustomers } from "../../ui/icons";

export const route: PageRoute = {
  path: "customers",
  nav: { order: 20, icon: IconCustomers, label: (words) => words.customers },
  roles: COUNTER,
  load: () => import("./page"),
};
