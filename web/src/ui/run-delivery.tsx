import { useEffect, useState } from "preact/hooks";
import { fetchDelivery } from "../api/client.ts";
import type { Delivery, Run } from "../api/types.ts";
import { Facts, Refused } from "./facts.tsx";
import type { Fact } from "./facts.tsx";
import { ago, plural, rough } from "./format.ts";

/** As often as processes tell what they count. */
const AGAIN_MS = 5_000;

/** Returns how a run's rows fare, asked again and again while it runs or some of them wait. */
function useDelivery(run: Run): Delivery | null {
  const [delivery, setDelivery] = useState<Delivery | null>(null);
  const moving = run.status === "running" || (delivery?.waiting ?? 0) > 0;
  useEffect(() => {
    const abort = new AbortController();
    const ask = (): void => {
      if (document.hidden) return;
      // What the server last said stands until it answers again; the badge above tells that it does not.
      fetchDelivery(run.id, abort.signal).then(setDelivery, () => {});
    };
    ask();
    const timer = moving ? window.setInterval(ask, AGAIN_MS) : 0;
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [run.id, moving]);
  return delivery;
}

function cost({ call_us: call, share }: Delivery): string | null {
  if (call === null) return null;
  const part = share === null ? "" : ` · ${rough(share * 100)} % of its time`;
  return `${rough(call)} µs per log()${part}`;
}

function RefusedAlone({ run }: { run: Run }) {
  if (Object.keys(run.refused).length === 0) return null;
  return <Facts title="Delivery" facts={[["Refused", <Refused key="refused" refused={run.refused} />]]} testid="run-delivery" />;
}

/** Whether all that a run logged is stored, and what it cost the run to log it. */
export function RunDelivery({ run }: { run: Run }) {
  const delivery = useDelivery(run);
  if (!delivery) return <RefusedAlone run={run} />;
  const { logged, journaled, stored, waiting, oldest } = delivery;
  const rows = (count: number): string => count.toLocaleString("en-US");
  const refused = { ...run.refused, ...delivery.refused };
  const facts: Fact[] = [
    ["Logged", plural(logged, "row")],
    ["Journaled", journaled === logged ? "all" : rows(journaled)],
    ["Stored", stored === logged ? "all" : rows(stored)],
    ["Waiting", waiting > 0 && `${rows(waiting)}${oldest === null ? "" : ` · the oldest logged ${ago(oldest)}`}`],
    ["Refused", Object.keys(refused).length > 0 && <Refused refused={refused} />],
    ["Cost", cost(delivery)],
  ];
  return <Facts title="Delivery" facts={facts} testid="run-delivery" />;
}
