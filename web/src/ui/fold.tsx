import "./fold.css";
import type { ComponentChildren } from "preact";

// What few want to see, behind one line that opens it.
export function Fold({
  title,
  open,
  children,
}: {
  title: ComponentChildren;
  // From the beginning.
  open?: boolean;
  children: ComponentChildren;
}) {
  return (
    <details class="fold" open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
