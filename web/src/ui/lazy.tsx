import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "./problem.tsx";
import { Skeleton } from "./skeleton.tsx";

function Page() {
  return <Skeleton cards={2} />;
}

/** Returns a component whose code is fetched when it is first shown; until then `Meanwhile` stands there. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>, Meanwhile: ComponentType = Page): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [, redraw] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          redraw((n) => n + 1);
        },
        () => setFailed(true),
      );
    }, []);
    if (loaded) {
      const Loaded = loaded;
      return <Loaded {...props} />;
    }
    // A server that was updated meanwhile has other files than this page knows of.
    return failed ? <Problem text="A part of this page could not be fetched." retry={() => location.reload()} /> : <Meanwhile />;
  };
}
