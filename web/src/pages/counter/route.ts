import { COUNTER } from "../../roles";
import type { PageRoute } from "../../routes";
import { IconCounter } from "../../ui/icons";

export const route: PageRoute = {
  path: "counter",
  nav: { order: 10, icon: IconCounter, label: (words) => words.counter },
  roles: COUNTER,
  load: () => import("./page"),
};
