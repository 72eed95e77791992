import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { becauseWords } from "../i18n/because";
import { useWords } from "../i18n/words";
import { useWrite } from "../use_write";
import { Button } from "./button";
import { Dialog, DialogFoot } from "./dialog";
import { TextField } from "./field";
import { Failure } from "./layout";
import { say } from "./toast";

// In bytes it is never more than storage/audit.h takes.
export const MOST_BECAUSE = 500;

// Does one thing after it was said why, which goes on the record.
export function BecauseDialog<T>({
  title,
  confirm,
  done,
  danger = false,
  optional = false,
  ready = true,
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
  // What `children` ask for is there.
  ready?: boolean;
  write: (requestId: string, because: string) => Promise<T>;
  onDone?: (answer: T) => void;
  onClose: () => void;
  children?: ComponentChildren;
}) {
  const t = useWords(becauseWords);
  const [because, setBecause] = useState("");
  const [missing, setMissing] = useState(false);
  const save = useWrite((requestId, why: string) => write(requestId, why).then((answer) => ({ answer })));
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={async (event) => {
          event.preventDefault();
          const why = because.trim();
          setMissing(!optional && !why);
          if ((!optional && !why) || !ready) return;
          const saved = await save.run(why);
          if (!saved) return;
          if (done) say(done);
          onClose();
          onDone?.(saved.answer);
        }}
      >
        {children}
        <TextField
          label={t.why}
          hint={t.whyHint}
          optional={optional}
          error={missing && !because.trim() ? t.whyMissing : ""}
          value={because}
          maxLength={MOST_BECAUSE}
          autocomplete="off"
          onValue={setBecause}
        />
        <Failure error={save.error} />
        <DialogFoot onCancel={onClose}>
          <Button kind={danger ? "danger" : "primary"} type="submit" busy={save.busy} disabled={!ready}>
            {confirm}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
