import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { becauseWords } from "../i18n/because";
import { useWords } from "../i18n/words";
import { Button } from "./button";
import { Dialog, DialogFoot } from "./dialog";
import { TextField } from "./field";
import { Failure } from "./layout";

// In bytes it is never more than storage/audit.h takes.
const MOST_BECAUSE = 500;

// Asks before something is written, and for the reason where the call wants one, which goes on the
// record. `onConfirm` gets the reason without the spaces around it.
export function Confirm({
  title,
  action,
  danger = false,
  because = false,
  disabled = false,
  busy,
  error,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  // What the button says.
  action: string;
  danger?: boolean;
  // Whether a reason is asked for; in other words than the usual, where they say more.
  because?: boolean | { label?: string; hint?: string; optional?: boolean; most?: number };
  // What `children` ask for is not there.
  disabled?: boolean;
  busy: boolean;
  error: unknown;
  onConfirm: (because: string) => void;
  onClose: () => void;
  children?: ComponentChildren;
}) {
  const t = useWords(becauseWords);
  const [text, setText] = useState("");
  const [asked, setAsked] = useState(false);
  const reason = typeof because === "object" ? because : because ? {} : undefined;
  const missing = reason !== undefined && !reason.optional && !text.trim();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (!missing && !disabled && !busy) onConfirm(text.trim());
        }}
      >
        {children}
        {reason && (
          <TextField
            label={reason.label ?? t.why}
            hint={reason.hint ?? (reason.label ? undefined : t.whyHint)}
            optional={reason.optional}
            error={asked && missing ? t.whyMissing : ""}
            value={text}
            maxLength={reason.most ?? MOST_BECAUSE}
            autocomplete="off"
            onValue={setText}
          />
        )}
        <Failure error={error} />
        <DialogFoot onCancel={onClose}>
          <Button type="submit" kind={danger ? "danger" : "primary"} busy={busy} disabled={disabled}>
            {action}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
