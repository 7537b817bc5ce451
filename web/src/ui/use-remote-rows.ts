import { useEffect, useState } from "preact/hooks";
import { RemoteRows } from "../state/remote-rows.ts";
import type { RowsQuery } from "../state/remote-rows.ts";

export interface Found {
  /** What was found last; it stays until the next answer. */
  rows: RemoteRows | null;
  /** What the server said no to in what is asked now. */
  error: string | null;
  retry(): void;
}

/** Returns the rows that a query lets through, fetched as they come into view. */
export function useRemoteRows(query: RowsQuery): Found {
  const [, redraw] = useState(0);
  const [held, setHeld] = useState<{ shown: RemoteRows | null; asked: RemoteRows | null }>({ shown: null, asked: null });
  const name = JSON.stringify(query);
  useEffect(() => {
    const asked = new RemoteRows(query, () => {
      if (asked.total !== null) setHeld({ shown: asked, asked });
      redraw((n) => n + 1);
    });
    setHeld((before) => ({ ...before, asked }));
    return () => asked.stop();
  }, [name]);
  return { rows: held.shown, error: held.asked?.error ?? null, retry: () => held.asked?.retry() };
}
