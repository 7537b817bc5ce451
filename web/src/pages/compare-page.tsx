import "../styles/compare.css";
import { useState } from "preact/hooks";
import { page, project, show } from "../state/address.ts";
import { branches, comparedConfig, comparedFacts, comparedSummary } from "../state/comparison.ts";
import type { Compared } from "../state/comparison.ts";
import { matcher } from "../state/grouping.ts";
import { pickedIds, pickNone } from "../state/picked.ts";
import { runsState } from "../state/runs.ts";
import { comparedRuns, MOST_COMPARED } from "../state/shown.ts";
import { CompareHead } from "../ui/compare-head.tsx";
import { CompareLines } from "../ui/compare-lines.tsx";
import { Empty } from "../ui/empty.tsx";
import { RunCharts } from "../ui/run-charts.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Toggle } from "../ui/toggle.tsx";

function matches(search: string, key: string): boolean {
  try {
    return matcher(search)(key);
  } catch {
    return key.includes(search);
  }
}

function Toolbar({ search, onSearch, hidden }: { search: string; onSearch(text: string): void; hidden: number }) {
  const picked = pickedIds.value.size;
  return (
    <div class="toolbar" role="toolbar" aria-label="Comparison">
      <SearchField value={search} label="Search keys" placeholder="Search keys (regex)" testid="compare-search" onInput={onSearch} />
      <Toggle label="Only what differs" title="Leave out what is the same in all of these runs" on={!page.value.same} testid="only-different" onChange={(on) => show({ same: !on })} />
      <span class="faint" role="status">
        {hidden > 0 && `${hidden} the same in all`}
        {picked > MOST_COMPARED && ` · the first ${MOST_COMPARED} of ${picked} picked`}
      </span>
      <span class="spacer" />
      {picked > 0 ? (
        <button type="button" class="button" onClick={pickNone}>
          Pick others
        </button>
      ) : (
        <span class="faint">The newest runs shown; pick others in the list with ctrl or shift, or in the table</span>
      )}
    </div>
  );
}

/** Runs side by side: what differs in their configurations and results, and their curves. */
export function ComparePage() {
  const [search, setSearch] = useState("");
  const runs = comparedRuns.value;
  if (runsState.value === "loading") return <Skeleton cards={1} />;
  if (runs.length < 2) {
    return (
      <Empty title="Two runs or more can be compared">
        Pick them with ctrl-click in the list of runs, or by their boxes in the table of runs. Project {project.value} shows {runs.length} now.
      </Empty>
    );
  }
  const wanted = (line: Compared): boolean => (page.value.same || !line.same) && matches(search, line.key);
  const [config, summary, facts] = [comparedConfig(runs), comparedSummary(runs), comparedFacts(runs)];
  const hidden = page.value.same ? 0 : [...config, ...summary, ...facts].filter((line) => line.same).length;
  const shared = { runs, baseline: runs.findIndex((run) => run.id === page.value.baseline) };
  return (
    <>
      <Toolbar search={search} onSearch={setSearch} hidden={hidden} />
      <div class="page-body">
        <div class="compare-scroll" tabIndex={0} role="region" aria-label="Comparison">
          <table class="data-table compare-table" data-testid="compare-table" data-runs={runs.length}>
            <thead>
              <tr>
                <td />
                {runs.map((run) => (
                  <CompareHead key={run.id} run={run} />
                ))}
              </tr>
            </thead>
            <CompareLines title="Configuration" branches={branches(config.filter(wanted), ".")} exact {...shared} />
            <CompareLines title="Summary" branches={branches(summary.filter(wanted), "/")} exact={false} {...shared} />
            <CompareLines title="About" branches={branches(facts.filter(wanted), ".")} exact {...shared} />
          </table>
        </div>
        <RunCharts runs={runs} />
      </div>
    </>
  );
}
