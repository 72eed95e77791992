import "./dialog.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { uiWords } from "../i18n/ui";
import { useWords } from "../i18n/words";
import { Button } from "./button";
import { IconClose } from "./icons";
import { Toasts, useToastsOf } from "./toast";

// Asks for something while the page waits behind it. Escape and the button at its top close it; what
// opened it has the focus again afterwards. Mount it only while it is open.
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const t = useWords(uiWords);
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useToastsOf(id);
  useEffect(() => {
    const opener = document.activeElement;
    element.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" icon={IconClose} label={t.close} onClick={onClose} />
      </div>
      <Toasts dialog={id} />
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

// The buttons at the end of a dialog's form: to give up, and `children` to go on.
export function DialogFoot({ onCancel, children }: { onCancel: () => void; children: ComponentChildren }) {
  const t = useWords(uiWords);
  return (
    <div class="dialog-foot">
      <Button onClick={onCancel}>{t.cancel}</Button>
      {children}
    </div>
  );
}
