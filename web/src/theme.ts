// Light or dark: as the device says, or as it was chosen here.
import { keep, kept } from "./kept";
import { makeStore, useStore } from "./store";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "daftar.theme";

const theme = makeStore<Theme>(THEMES.find((each) => each === kept(KEY)) ?? "system");

function show() {
  const chosen = theme.get();
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

export function chooseTheme(next: Theme) {
  keep(KEY, next === "system" ? undefined : next);
  theme.set(next);
  show();
}

export const useTheme = () => useStore(theme);
export const showTheme = show;
