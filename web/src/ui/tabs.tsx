import { page, show, tab } from "../state/address.ts";
import { mediaKeys, tableKeys, valueKeys } from "../state/metrics.ts";
import { runs } from "../state/runs.ts";
import type { Tab } from "../state/url.ts";

const TITLES: Record<Tab, string> = { charts: "Metrics", media: "Media", tables: "Tables", runs: "Runs", compare: "Compare" };

export function Tabs() {
  const counts: Partial<Record<Tab, number>> = {
    media: mediaKeys.value.length,
    tables: tableKeys.value.length + valueKeys.value.length,
    runs: runs.value.length,
  };
  return (
    <nav class="tabs" aria-label="Views">
      {(Object.keys(TITLES) as Tab[]).map((name) => (
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
