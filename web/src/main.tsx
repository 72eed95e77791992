import "./ui/tokens.css";
import "./ui/base.css";
import { render } from "preact";
import { App } from "./app";
import { language } from "./i18n/language";
import { followAddress } from "./router";
import { showTheme } from "./theme";

showTheme();
followAddress();
const sayLanguage = () => {
  document.documentElement.lang = language.get();
};
language.listen(sayLanguage);
sayLanguage();

const root = document.getElementById("app");
if (root) render(<App />, root);
