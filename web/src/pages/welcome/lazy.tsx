// For those who come by a one-time link; loaded for them alone.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure, Loading } from "../../ui/layout";

type Welcome = ComponentType<{ secret: string }>;

export function WelcomePage({ secret }: { secret: string }) {
  const [Page, setPage] = useState<Welcome>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    import("./page").then((file) => setPage(() => file.default), setError);
  }, []);
  if (error !== undefined) return <Failure error={error} again={() => location.reload()} />;
  return Page ? <Page secret={secret} /> : <Loading />;
}
