import "../styles/compare.css";
import { useState } from "preact/hooks";
import { page, project, show } from "../state/address.ts";
import { branches, comparedConfig, comparedFacts, comparedSummary } from "../state/comparison.ts";
import type { Compared } from "../state/comparison.ts";
import { glob } from "../state/glob.ts";
import { pickedIds, pickNone } from "../state/picked.ts";
import { runsState, wholeRunOf } from "../state/runs.ts";
import { ignored } from "../state/shared.ts";
import { comparedRuns, MOST_COMPARED } from "../state/shown.ts";
import { CompareHead } from "../ui/compare-head.tsx";
import { CompareLines } from "../ui/compare-lines.tsx";
import { Empty } from "../ui/empty.tsx";
import { IgnoredMenu } from "../ui/ignored-menu.tsx";
import { RunCharts } from "../ui/run-charts.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Toggle } from "../ui/toggle.tsx";
import { useMatching } from "../ui/use-matching.ts";

interface ToolbarProps {
  search: string;
  /** What is wrong with it, if anything. */
  fault: string | null;
  onSearch(text: string): void;
  hidden: number;
}

function Toolbar({ search, fault, onSearch, hidden }: ToolbarProps) {
  const picked = pickedIds.value.size;
  return (
    <div class="toolbar" role="toolbar" aria-label="Comparison">
      <SearchField value={search} label="Search keys" placeholder="Search keys (regex)" testid="compare-search" error={fault} onInput={onSearch} />
      <Toggle label="Only what differs" title="Leave out what is the same in all of these runs" on={!page.value.same} testid="only-different" onChange={(on) => show({ same: !on })} />
      <IgnoredMenu />
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
  const [config, summary, facts] = [comparedConfig(runs), comparedSummary(runs), comparedFacts(runs)];
  const keys = [...config, ...summary, ...facts].map((line) => line.key);
  const { hits, fault } = useMatching(search, keys);
  if (runsState.value === "loading") return <Skeleton cards={1} />;
  if (runs.length < 2) {
    return (
      <Empty title="Two runs or more can be compared">
        Pick them with ctrl-click in the list of runs, or by their boxes in the table of runs. Project {project.value} shows {runs.length} now.
      </Empty>
    );
  }
  if (!runs.every((run) => wholeRunOf(run.id))) return <Skeleton cards={1} />;
  const leftOut = ignored.value.map(glob);
  const counts = (line: Compared): boolean => !leftOut.some((test) => test(line.key));
  const wanted = (line: Compared): boolean => (page.value.same || !line.same) && counts(line) && (hits?.has(line.key) ?? true);
  const hidden = page.value.same ? 0 : [...config, ...summary, ...facts].filter((line) => line.same && counts(line)).length;
  const shared = { runs, baseline: runs.findIndex((run) => run.id === page.value.baseline) };
  return (
    <>
      <Toolbar search={search} fault={fault} onSearch={setSearch} hidden={hidden} />
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
