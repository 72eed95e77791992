// Short news of what was done, at the foot of the window and read out.
import "./toast.css";
import { uiWords } from "../i18n/ui";
import { useWords } from "../i18n/words";
import { makeStore, useStore } from "../store";
import { Button } from "./button";
import { IconClose } from "./icons";

const SHOWN_MS = 6_000;
const MOST = 3;

interface Toast {
  id: number;
  text: string;
}

const toasts = makeStore<readonly Toast[]>([]);
let last = 0;

const dismiss = (id: number) => toasts.set(toasts.get().filter((toast) => toast.id !== id));

// `text` in the language chosen, like "The order was recorded."
export function say(text: string) {
  last += 1;
  const id = last;
  toasts.set([...toasts.get(), { id, text }].slice(-MOST));
  setTimeout(() => dismiss(id), SHOWN_MS);
}

export function Toasts() {
  const t = useWords(uiWords);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {useStore(toasts).map(({ id, text }) => (
        <div class="toast" key={id}>
          <span>{text}</span>
          <Button kind="quiet" icon={IconClose} label={t.dismiss} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
