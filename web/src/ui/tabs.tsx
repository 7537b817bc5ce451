import { computed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Kind } from "../api/types.ts";
import { page, show, tab } from "../state/address.ts";
import { alerts, hasMoreAlerts } from "../state/alerts.ts";
import { loggedKinds, MEDIA_KINDS, mediaKeys, tableKeys, traceKeys, valueKeys } from "../state/metrics.ts";
import { runsTotal } from "../state/runs.ts";
import type { Tab } from "../state/url.ts";

export const TITLES: Record<Tab, string> = { charts: "Metrics", media: "Media", traces: "Traces", tables: "Tables", runs: "Runs", compare: "Compare", alerts: "Alerts" };

/** What each page shows of what was logged; others always have something. */
const KINDS: Partial<Record<Tab, readonly Kind[]>> = { media: MEDIA_KINDS, traces: ["trace"], tables: ["table", "value"] };

const hidesEmpty = computed(() => page.value.hideEmptyTabs);

function isEmpty(name: Tab): boolean {
  if (name === "compare") return runsTotal.value < 2;
  if (name === "alerts") return alerts.value.length === 0;
  return KINDS[name]?.every((kind) => !loggedKinds.value.has(kind)) ?? false;
}

/** Tabs with nothing in them are left out, unless the address says otherwise or they are open. */
export function offered(name: Tab): boolean {
  return tab.value === name || !hidesEmpty.value || !isEmpty(name);
}

export function Tabs() {
  const list = useRef<HTMLElement>(null);
  const names = (Object.keys(TITLES) as Tab[]).filter(offered);
  useEffect(() => list.current!.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [tab.value, names.length]);
  const counts: Partial<Record<Tab, number>> = {
    media: mediaKeys.value.length,
    traces: traceKeys.value.length,
    tables: tableKeys.value.length + valueKeys.value.length,
    runs: runsTotal.value,
    alerts: alerts.value.length,
  };
  return (
    <nav ref={list} class="tabs" aria-label="Views">
      {names.map((name) => (
        <button
          key={name}
          type="button"
          class="tab"
          data-testid={`tab-${name}`}
          aria-current={tab.value === name ? "page" : undefined}
          onClick={() => show({ tab: name, selectedRun: null, metrics: name === "charts" ? page.peek().metrics : null })}
        >
          {TITLES[name]}
          {counts[name] ? <span class="count">{counts[name].toLocaleString("en-US") + (name === "alerts" && hasMoreAlerts.value ? "+" : "")}</span> : null}
        </button>
      ))}
    </nav>
  );
}
