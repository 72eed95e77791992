// What stands around the pages.
import "./shell.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES, useLanguage } from "./i18n/language";
import { nameWords } from "./i18n/names";
import { shellWords } from "./i18n/shell";
import { useWords } from "./i18n/words";
import icon from "./icon.svg";
import { holdsOne, isOwner, Role } from "./roles";
import { href, usePlace } from "./router";
import { routes } from "./routes";
import { useSession } from "./session";
import { chooseTheme, THEMES, useTheme } from "./theme";
import { Button } from "./ui/button";
import { IconAccount, IconClose, IconMenu, IconSignOut, IconWarning } from "./ui/icons";

const NAME = "Daftar";

function Brand({ name }: { name: string }) {
  return (
    <a class="brand" href={href("")}>
      <img src={icon} alt="" />
      <span>{name}</span>
    </a>
  );
}

function TestMode() {
  const t = useWords(shellWords);
  return (
    <div class="test-mode" role="note">
      <IconWarning />
      <span>{t.testMode}</span>
    </div>
  );
}

// Language and colours, kept by this browser.
export function Preferences() {
  const t = useWords(shellWords);
  const language = useLanguage();
  const theme = useTheme();
  const names = { system: t.system, light: t.light, dark: t.dark };
  return (
    <div class="preferences">
      <label>
        {t.language}
        <select
          class="control"
          value={language}
          onChange={(event) => {
            const chosen = LANGUAGES.find((each) => each === event.currentTarget.value);
            if (chosen) chooseLanguage(chosen);
          }}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t.theme}
        <select
          class="control"
          value={theme}
          onChange={(event) => {
            const chosen = THEMES.find((each) => each === event.currentTarget.value);
            if (chosen) chooseTheme(chosen);
          }}
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {names[each]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

// Around pages for those who are not signed in.
export function Bare({ children, testMode = false }: { children: ComponentChildren; testMode?: boolean }) {
  return (
    <>
      {testMode && <TestMode />}
      <div class="bare">
        <header>
          <Brand name={NAME} />
        </header>
        <main>{children}</main>
        <footer>
          <Preferences />
        </footer>
      </div>
    </>
  );
}

function roleOf(roles: readonly Role[], words: typeof nameWords.en): string {
  return isOwner(roles) ? words.roles[Role.OWNER] : roles.map((role) => words.roles[role]).join(", ");
}

export function Shell({
  page,
  onSignOut,
  children,
}: {
  page: string;
  onSignOut: () => Promise<void>;
  children: ComponentChildren;
}) {
  const t = useWords(shellWords);
  const names = useWords(nameWords);
  const current = useSession();
  const place = usePlace();
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const came = useRef(false);
  const where = `${page}/${place.parts.join("/")}`;
  // Another page begins at its top, for those who listen, too. The page itself may move the focus on.
  useEffect(() => {
    setOpen(false);
    if (came.current) {
      window.scrollTo(0, 0);
      if (!main.current?.contains(document.activeElement)) main.current?.focus();
    }
    came.current = true;
  }, [where]);
  const roles = current?.roles ?? [];
  const seen = current?.secondFactorMissing
    ? []
    : routes.filter((route) => route.nav && holdsOne(roles, route.roles));
  const name = current?.name || NAME;
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t.skip}
      </a>
      {current?.testMode && <TestMode />}
      <div class="shell">
        <header class="top">
          <Brand name={name} />
          <Button
            kind="quiet"
            icon={open ? IconClose : IconMenu}
            label={t.menu}
            aria-expanded={open}
            aria-controls="side"
            onClick={() => setOpen(!open)}
          />
        </header>
        <aside
          class={open ? "side open" : "side"}
          aria-label={t.menu}
          id="side"
          onKeyDown={(event) => {
            if (event.key === "Escape") setOpen(false);
          }}
        >
          <Brand name={name} />
          <nav class="nav" aria-label={t.pages}>
            {seen.map(({ path, nav }) => {
              const Mark = nav?.icon;
              return (
                <a key={path} href={href(path)} aria-current={path === page ? "page" : undefined} onClick={() => setOpen(false)}>
                  {Mark && <Mark />}
                  {nav?.label(t)}
                </a>
              );
            })}
            <a href={href("account")} aria-current={page === "account" ? "page" : undefined} onClick={() => setOpen(false)}>
              <IconAccount />
              {t.account}
            </a>
          </nav>
          <div class="side-foot">
            <Preferences />
            <div class="who small">
              <div>{current?.user}</div>
              <div class="muted">{roleOf(roles, names)}</div>
            </div>
            <Button kind="quiet" icon={IconSignOut} onClick={onSignOut}>
              {t.signOut}
            </Button>
          </div>
        </aside>
        <main class="main" id="content" ref={main} tabIndex={-1}>
          {children}
        </main>
      </div>
    </>
  );
}
