import "./layout.css";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { type Explained, explain } from "../errors";
import { errorWords } from "../i18n/errors";
import { uiWords } from "../i18n/ui";
import { useWords } from "../i18n/words";
import { Button } from "./button";
import { type Icon, IconBack, IconInfo, IconRefresh, IconSpinner, IconWarning, IconCheck } from "./icons";
import type { Tone } from "./marks";

export function Page({ children }: { children: ComponentChildren }) {
  return <div class="page">{children}</div>;
}

// The page's one heading.
export function PageHeader({
  title,
  tab = title,
  intro,
  back,
  actions,
}: {
  title: string;
  // What the browser calls the page, and keeps in its history: another than `title` where that
  // says who a buyer is.
  tab?: string;
  intro?: ComponentChildren;
  // To the page that this one lies below.
  back?: { href: string; label: string };
  actions?: ComponentChildren;
}) {
  useEffect(() => {
    document.title = tab;
  }, [tab]);
  return (
    <div class="page-header">
      <div>
        {back && (
          <a class="back" href={back.href}>
            <IconBack size={18} />
            {back.label}
          </a>
        )}
        <h1>{title}</h1>
        {intro && <p>{intro}</p>}
      </div>
      {actions && <div class="row">{actions}</div>}
    </div>
  );
}

export function Card({
  title,
  actions,
  children,
}: {
  title?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="card">
      {(title || actions) && (
        <div class="card-head">
          {title && <h2>{title}</h2>}
          {actions && <div class="row">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

// Names and what they are, side by side.
export function Facts({ facts }: { facts: { name: string; value: ComponentChildren }[] }) {
  return (
    <dl class="facts">
      {facts
        .filter(({ value }) => value !== undefined && value !== null && value !== "" && value !== false)
        .map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

const NOTE_ICONS: Partial<Record<Tone, Icon>> = { bad: IconWarning, amber: IconWarning, good: IconCheck };

export function Note({
  tone = "blue",
  children,
  alert = false,
}: {
  tone?: Tone;
  children: ComponentChildren;
  // Read out at once.
  alert?: boolean;
}) {
  const Mark = NOTE_ICONS[tone] ?? IconInfo;
  return (
    <div class={`note tone-${tone}`} role={alert ? "alert" : undefined}>
      <Mark />
      <div>{children}</div>
    </div>
  );
}

// What went wrong, and trying it again where that can help. Nothing without an error.
export function Failure({
  error,
  again,
  sentence,
}: {
  error: unknown;
  again?: () => void;
  // Instead of what the error's code and the node say; undefined: these.
  sentence?: (explained: Explained) => string | undefined;
}) {
  const t = useWords(errorWords);
  if (error === undefined) return null;
  const explained = explain(error);
  const better = sentence?.(explained);
  return (
    <Note tone="bad" alert>
      <div>{better ?? explained.sentence}</div>
      {!better && explained.detail && (
        <div class="detail">
          {t.nodeSays} <span lang="en">{explained.detail}</span>
        </div>
      )}
      {again && (
        <Button kind="quiet" icon={IconRefresh} onClick={again}>
          {t.again}
        </Button>
      )}
    </Note>
  );
}

export function Loading({ label }: { label?: string }) {
  const t = useWords(uiWords);
  return (
    <div class="loading" role="status">
      <IconSpinner class="spins" />
      <span>{label ?? t.loading}</span>
    </div>
  );
}

// Nothing is there yet: says so, and what to do.
export function EmptyState({
  icon: Mark = IconInfo,
  title,
  children,
  action,
}: {
  icon?: Icon;
  title: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Mark size={36} />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export interface TimelineItem {
  key: string;
  icon: Icon;
  tone?: Tone;
  title: ComponentChildren;
  when?: ComponentChildren;
  detail?: ComponentChildren;
}

export function Timeline({ items }: { items: TimelineItem[] }) {
  return (
    <ol class="timeline">
      {items.map(({ key, icon: Mark, tone = "plain", title, when, detail }) => (
        <li key={key}>
          <span class={`timeline-mark tone-${tone}`}>
            <Mark size={18} />
          </span>
          <div class="timeline-body">
            <div>{title}</div>
            {when && <div class="timeline-when">{when}</div>}
            {detail && <div class="small">{detail}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
