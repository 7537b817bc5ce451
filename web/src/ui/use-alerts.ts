import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { fetchAlerts } from "../api/client.ts";
import type { AlertsPage, Level } from "../api/types.ts";
import { AlertList } from "../state/alert-list.ts";
import { levelsFrom } from "../state/alerts-view.ts";
import { onAlerts } from "../state/live.ts";
import { projectExists } from "../state/projects.ts";

const PAGE = 50;

async function ask(project: string, run: string | null, least: Level, before?: string): Promise<AlertsPage> {
  if (!(await projectExists(project))) return { alerts: [], next: null };
  return fetchAlerts({ project, run, level: levelsFrom(least).join(","), limit: PAGE, ...(before === undefined ? {} : { before }) });
}

/** Returns the alerts of a project, or of one run, kept up to date; those wanted before stay until others are here. */
export function useAlerts(project: string, run: string | null, least: Level = "info"): AlertList {
  const [, redraw] = useState(0);
  const list = useMemo(() => new AlertList((before) => ask(project, run, least, before), () => redraw((n) => n + 1)), [project, run, least]);
  useEffect(() => {
    void list.load();
    const stop = onAlerts((ids) => {
      if (run === null || ids.length === 0 || ids.includes(run)) void list.load();
    });
    return () => {
      stop();
      list.close();
    };
  }, [list]);
  const told = useRef(list);
  if (list.page !== null || list.error !== null) told.current = list;
  return told.current;
}
