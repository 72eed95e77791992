import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PageProps, PageRoute } from "./routes";

const loaded = new Map<PageRoute, ComponentType<PageProps>>();

// A page's component, once its file is here.
export function usePage(route: PageRoute | undefined) {
  const [error, setError] = useState<unknown>();
  const [, setCount] = useState(0);
  useEffect(() => {
    if (!route || loaded.has(route)) return;
    let wanted = true;
    setError(undefined);
    route.load().then(
      (file) => {
        loaded.set(route, file.default);
        if (wanted) setCount((count) => count + 1);
      },
      (failure: unknown) => wanted && setError(failure),
    );
    return () => {
      wanted = false;
    };
  }, [route]);
  return { Component: route && loaded.get(route), error };
}
