import type { ComponentChildren } from "preact";
import { useWrite } from "../use_write";
import { Confirm } from "./confirm";
import { say } from "./toast";

// A Confirm that does the one thing itself: it writes, shows what went wrong, and closes once it is done.
export function BecauseDialog<T>({
  title,
  confirm,
  done,
  danger,
  optional = false,
  hint,
  most,
  ready = true,
  sends,
  write,
  onDone,
  onClose,
  children,
}: {
  title: string;
  // What the button says.
  confirm: string;
  // Said once it was done.
  done?: string;
  danger?: boolean;
  // No reason is needed.
  optional?: boolean;
  // What to write, where it is other than usual, and how much of it.
  hint?: string;
  most?: number;
  // What `children` ask for is there.
  ready?: boolean;
  // What `write` sends besides, where `children` can change that: another is another intention.
  sends?: unknown;
  write: (requestId: string, because: string) => Promise<T>;
  onDone?: (answer: T) => void;
  onClose: () => void;
  children?: ComponentChildren;
}) {
  const save = useWrite((requestId, { because }: { because: string; sends: unknown }) =>
    write(requestId, because).then((answer) => ({ answer })),
  );
  return (
    <Confirm
      title={title}
      action={confirm}
      danger={danger}
      because={{ optional, hint, most }}
      disabled={!ready}
      busy={save.busy}
      error={save.error}
      onConfirm={async (because) => {
        const saved = await save.run({ because, sends });
        if (!saved) return;
        if (done) say(done);
        onClose();
        onDone?.(saved.answer);
      }}
      onClose={onClose}
    >
      {children}
    </Confirm>
  );
}
