import { page, show, tab } from "../state/address.ts";
import { mediaKeys, tableKeys, traceKeys, valueKeys } from "../state/metrics.ts";
import { runs } from "../state/runs.ts";
import type { Tab } from "../state/url.ts";

const TITLES: Record<Tab, string> = { charts: "Metrics", media: "Media", traces: "Traces", tables: "Tables", runs: "Runs", compare: "Compare" };

/** Most projects have no traces; theirs have one tab less. */
function offered(name: Tab): boolean {
  return name !== "traces" || traceKeys.value.length > 0 || tab.value === name;
}

export function Tabs() {
  const counts: Partial<Record<Tab, number>> = {
    media: mediaKeys.value.length,
    traces: traceKeys.value.length,
    tables: tableKeys.value.length + valueKeys.value.length,
    runs: runs.value.length,
  };
  return (
    <nav class="tabs" aria-label="Views">
      {(Object.keys(TITLES) as Tab[]).filter(offered).map((name) => (
        <button
          key={name}
          type="button"
          class="tab"
          data-testid={`tab-${name}`}
          aria-current={tab.value === name ? "page" : undefined}
          onClick={() => show({ tab: name, selectedRun: null, metrics: name === "charts" ? page.value.metrics : null })}
        >
          {TITLES[name]}
          {counts[name] ? <span class="count">{counts[name].toLocaleString("en-US")}</span> : null}
        </button>
      ))}
    </nav>
  );
}
