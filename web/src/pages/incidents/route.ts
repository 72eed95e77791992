import { READERS } from "../../roles";
import type { PageRoute } from "../../routes";
import { IconIncident } from "../../ui/icons";

export const route: PageRoute = {
  path: "incidents",
  nav: { order: 30, icon: IconIncident, label: (words) => words.incidents },
  roles: READERS,
  load: () => import("./page"),
};
