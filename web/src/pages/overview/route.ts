import { MANAGERS_AND_AUDITORS } from "../../roles";
import type { PageRoute } from "../../routes";
import { IconOverview } from "../../ui/icons";

export const route: PageRoute = {
  path: "overview",
  nav: { order: 5, icon: IconOverview, label: (words) => words.overview },
  roles: MANAGERS_AND_AUDITORS,
  load: () => import("./page"),
};
