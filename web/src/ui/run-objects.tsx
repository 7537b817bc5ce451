import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchMetrics } from "../api/client.ts";
import type { Kind, Run } from "../api/types.ts";
import { onObjects } from "../state/live.ts";
import { MEDIA_KINDS } from "../state/metrics.ts";
import { natural } from "../state/natural.ts";
import { HistogramPanel } from "./histograms.tsx";
import { MediaPanel } from "./media-panel.tsx";
import { TablePanel } from "./table-panel.tsx";
import { TracePanel } from "./trace-panel.tsx";
import { ValuePanel } from "./value-panel.tsx";

const PANELS: [readonly Kind[], ComponentType<{ name: string }>][] = [
  [["histogram"], HistogramPanel],
  [MEDIA_KINDS, MediaPanel],
  [["trace"], TracePanel],
  [["table"], TablePanel],
  [["value"], ValuePanel],
];

/** Returns the kinds of everything that a run logged, by name. */
function useKinds(run: Run): ReadonlyMap<string, ReadonlySet<Kind>> {
  const [kinds, setKinds] = useState<ReadonlyMap<string, ReadonlySet<Kind>>>(new Map());
  useEffect(() => {
    let current = true;
    const load = (): void =>
      void fetchMetrics(run.project, run.id).then(
        (list) => {
          if (!current) return;
          const found = new Map<string, Set<Kind>>();
          for (const { name, kind } of list) found.set(name, (found.get(name) ?? new Set()).add(kind));
          setKinds(found);
        },
        // The charts above tell already what is wrong with the server.
        () => {},
      );
    load();
    const stop = onObjects((id) => {
      if (id === "" || id === run.id) load();
    });
    return () => {
      current = false;
      stop();
    };
  }, [run.id, run.project]);
  return kinds;
}

/** Histograms, media, tables and other values that a run logged. */
export function RunObjects({ run }: { run: Run }) {
  const kinds = useKinds(run);
  return (
    <>
      {PANELS.map(([of, Panel]) =>
        [...kinds]
          .filter(([, has]) => of.some((kind) => has.has(kind)))
          .map(([name]) => name)
          .sort(natural)
          .map((name) => <Panel key={`${of[0]}:${name}`} name={name} />),
      )}
    </>
  );
}
