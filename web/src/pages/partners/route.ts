import { PARTNER_READERS } from "../../roles";
import type { PageRoute } from "../../routes";
import { IconPartners } from "../../ui/icons";

export const route: PageRoute = {
  path: "partners",
  nav: { order: 40, icon: IconPartners, label: (words) => words.partners },
  roles: PARTNER_READERS,
  load: () => import("./page"),
};
