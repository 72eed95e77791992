import "./share_code.css";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { CopyButton } from "./copy_button";

type Picture = ComponentType<{ text: string; label: string }>;

// A text to copy or to hand to a machine, and, with `picture`, as a QR code to point a phone at.
export function ShareCode({ code, picture }: { code: string; picture?: string }) {
  const [Qr, setQr] = useState<Picture>();
  useEffect(() => {
    if (!picture) return;
    let wanted = true;
    // Only who shows a code fetches what draws it. Without it, the text is still there.
    import("./qr").then(
      (file) => wanted && setQr(() => file.Qr),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [picture !== undefined]);
  return (
    <div class="share-code">
      <div class="share-code-text">{code}</div>
      <CopyButton text={code} />
      {Qr && picture && <Qr text={code} label={picture} />}
    </div>
  );
}
