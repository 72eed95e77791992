// The pages that exist: each folder of src/pages with a route.ts (web/README.md, "Adding a page").
import type { ComponentType } from "preact";
import type { shell } from "./i18n/en/shell";
import { holdsOne, type Role } from "./roles";
import type { Icon } from "./ui/icons";

export interface PageProps {
  // What stands behind the page's name in the address.
  parts: string[];
}

export interface PageRoute {
  // Its name in the address, like "customers".
  path: string;
  // In the navigation, by order; absent: reached by other ways.
  nav?: { order: number; icon: Icon; label: (words: typeof shell) => string };
  // Who may open it: holders of one of these roles.
  roles: readonly Role[];
  load: () => Promise<{ default: ComponentType<PageProps> }>;
}

const found = import.meta.glob<{ route: PageRoute }>("./pages/*/route.ts", { eager: true });

export const routes: readonly PageRoute[] = Object.values(found)
  .map((file) => file.route)
  .sort((a, b) => (a.nav?.order ?? 1000) - (b.nav?.order ?? 1000));

// The page, if it exists and a holder of the roles may open it.
export function routeOf(page: string, held: readonly Role[]): PageRoute | undefined {
  return routes.find((route) => route.path === page && holdsOne(held, route.roles));
}

// What a holder of the roles sees first.
export function startOf(held: readonly Role[]): PageRoute | undefined {
  return routes.find((route) => route.nav && holdsOne(held, route.roles));
}
