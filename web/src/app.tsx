// What the window shows: who is asked to sign in, the pages for those who are, and the way between.
import { useEffect } from "preact/hooks";
import { sessions } from "./api";
import { forgetBuyers } from "./buyer";
import { shellWords } from "./i18n/shell";
import { useWords } from "./i18n/words";
import { WelcomePage } from "./pages/welcome/lazy";
import { SignInPage } from "./pages/sign_in/page";
import { go, goInstead, href, type Place, usePlace } from "./router";
import { routeOf, startOf } from "./routes";
import { session, useSession } from "./session";
import { Bare, Shell } from "./shell";
import { LinkButton } from "./ui/button";
import { EmptyState, Failure, Loading, Page, PageHeader } from "./ui/layout";
import { Toasts } from "./ui/toast";
import { useAsk } from "./use_ask";
import { usePage } from "./use_page";

// Where somebody wanted to go who has to sign in first.
let wanted: Place | undefined;
// Somebody was signed in since the page was loaded.
let wasSignedIn = false;

export function App() {
  const asked = useAsk((signal) => sessions.getSession({}, { signal }), []);
  const current = useSession();
  const place = usePlace();
  useEffect(() => {
    if (asked.value) session.set(asked.value);
  }, [asked.value]);
  return (
    <>
      <Content place={place} known={current !== undefined} error={asked.error} again={asked.again} />
      <Toasts />
    </>
  );
}

function Content({
  place,
  known,
  error,
  again,
}: {
  place: Place;
  known: boolean;
  error: unknown;
  again: () => void;
}) {
  const current = useSession();
  const signedIn = Boolean(current?.user);
  useEffect(() => {
    if (!known || place.page === "welcome") return;
    if (!signedIn) {
      if (place.page !== "sign-in") {
        if (place.page) wanted = place;
        goInstead("sign-in");
      }
      return;
    }
    wasSignedIn = true;
    if (place.page === "sign-in" || place.page === "") {
      const back = wanted;
      wanted = undefined;
      if (back) goInstead(back.page, ...back.parts);
      else goInstead(startOf(current?.roles ?? [])?.path ?? "account");
    }
  }, [known, signedIn, place, current]);

  if (!known || !current) {
    return <Bare>{error === undefined ? <Loading /> : <Failure error={error} again={again} />}</Bare>;
  }
  if (place.page === "welcome") {
    return (
      <Bare testMode={current.testMode}>
        <WelcomePage secret={place.parts[0] ?? ""} />
      </Bare>
    );
  }
  if (!signedIn) {
    return (
      <Bare testMode={current.testMode}>
        <SignInPage ended={wasSignedIn} />
      </Bare>
    );
  }
  return <SignedIn place={place} />;
}

function SignedIn({ place }: { place: Place }) {
  const t = useWords(shellWords);
  const current = useSession();
  const roles = current?.roles ?? [];
  // Until the second factor is there the node answers nothing else.
  const page = current?.secondFactorMissing ? "account" : place.page;
  const route = routeOf(page, roles);
  const { Component, error } = usePage(route);
  return (
    <Shell
      page={page}
      onSignOut={async () => {
        await sessions.signOut({}).catch(() => undefined);
        wasSignedIn = false;
        wanted = undefined;
        forgetBuyers();
        session.set(await sessions.getSession({}));
        go("sign-in");
      }}
    >
      {error !== undefined ? (
        <Failure error={error} again={() => location.reload()} />
      ) : Component ? (
        <Component key={page} parts={place.parts} />
      ) : route || place.page === "sign-in" || place.page === "" ? (
        <Loading />
      ) : (
        <Page>
          <PageHeader title={t.noPage} />
          <EmptyState title={t.noPage} action={<LinkButton href={href("")}>{t.start}</LinkButton>}>
            {t.noPageHint}
          </EmptyState>
        </Page>
      )}
    </Shell>
  );
}
