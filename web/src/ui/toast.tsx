// Short news of what was done, at the foot of the window and read out. While a dialog is open it has
// them: what stands behind one is neither seen nor read out.
import "./toast.css";
import { useEffect } from "preact/hooks";
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

// The dialogs that are open, by their ids, the last on top.
const dialogs = makeStore<readonly string[]>([]);

// For a dialog's component while it is there.
export function useToastsOf(dialog: string) {
  useEffect(() => {
    dialogs.set([...dialogs.get(), dialog]);
    return () => dialogs.set(dialogs.get().filter((each) => each !== dialog));
  }, [dialog]);
}

// Without `dialog`, the page's own. Those that are not on top stay empty; a dialog, which they would
// cover, has the newest alone.
export function Toasts({ dialog = "" }: { dialog?: string }) {
  const t = useWords(uiWords);
  const all = useStore(toasts);
  const onTop = useStore(dialogs).at(-1) ?? "";
  const shown = onTop === dialog ? all.slice(dialog ? -1 : 0) : [];
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text }) => (
        <div class="toast" key={id}>
          <span>{text}</span>
          <Button kind="quiet" icon={IconClose} label={t.dismiss} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
