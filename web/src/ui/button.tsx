import "./button.css";
import type { ComponentChildren } from "preact";
import { type Icon, IconSpinner } from "./icons";

type Kind = "plain" | "primary" | "quiet" | "danger";

interface Look {
  kind?: Kind;
  icon?: Icon;
  // Without words on it: `label` is what it is called.
  label?: string;
  children?: ComponentChildren;
  class?: string;
}

const classes = ({ kind = "plain", label, children, class: more }: Look) =>
  ["button", `button-${kind}`, label && !children ? "button-square" : "", more].filter(Boolean).join(" ");

// Submits only when `type` says so. While `busy` it shows that, and takes no further click.
export function Button({
  kind,
  icon: Mark,
  label,
  busy = false,
  children,
  class: more,
  type = "button",
  onClick,
  ...rest
}: Look & {
  busy?: boolean;
  disabled?: boolean;
  type?: "button" | "submit";
  onClick?: (event: MouseEvent) => void;
  "aria-controls"?: string;
  "aria-describedby"?: string;
  "aria-expanded"?: boolean;
  "aria-pressed"?: boolean;
}) {
  return (
    <button
      {...rest}
      type={type}
      class={classes({ kind, label, children, class: more })}
      aria-label={label}
      title={children ? undefined : label}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <IconSpinner class="spins" /> : Mark && <Mark />}
      {children}
    </button>
  );
}

// A link that looks like a button.
export function LinkButton({
  kind,
  icon: Mark,
  label,
  href,
  children,
  class: more,
}: Look & { href: string }) {
  return (
    <a href={href} class={classes({ kind, label, children, class: more })} aria-label={label}>
      {Mark && <Mark />}
      {children}
    </a>
  );
}
