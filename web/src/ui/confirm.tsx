import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "./button";
import { Dialog, DialogFoot } from "./dialog";
import { TextArea } from "./field";
import { Failure } from "./layout";

// Asks before something is written, and for the reason where the call wants one. `onConfirm` gets
// the reason without the spaces around it.
export function Confirm({
  title,
  action,
  danger = false,
  because,
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
  // Undefined: no reason is asked for.
  because?: { label: string; hint?: string; optional?: boolean; missing: string };
  disabled?: boolean;
  busy: boolean;
  error: unknown;
  onConfirm: (because: string) => void;
  onClose: () => void;
  children?: ComponentChildren;
}) {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState(false);
  const missing = Boolean(because && !because.optional && !text.trim());
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
        {because && (
          <TextArea
            label={because.label}
            hint={because.hint}
            optional={because.optional}
            rows={2}
            value={text}
            error={asked && missing ? because.missing : undefined}
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
