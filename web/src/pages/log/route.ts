import { EVERYBODY } from "../../roles";
import type { PageRoute } from "../../routes";
import { IconLog } from "../../ui/icons";

export const route: PageRoute = {
  path: "log",
  nav: { order: 60, icon: IconLog, label: (words) => words.log },
  roles: EVERYBODY,
  load: () => import("./page"),
};
