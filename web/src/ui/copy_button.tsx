import { uiWords } from "../i18n/ui";
import { useWords } from "../i18n/words";
import { Button } from "./button";
import { IconCopy } from "./icons";
import { say } from "./toast";

// Absent where the browser gives no clipboard to the page.
export function CopyButton({ text, children }: { text: string; children?: string }) {
  const t = useWords(uiWords);
  if (typeof navigator === "undefined" || !navigator.clipboard) return null;
  return (
    <Button
      icon={IconCopy}
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        say(t.copied);
      }}
    >
      {children ?? t.copy}
    </Button>
  );
}
