/** One column to sort by; the first of several decides, the next where it finds two runs equal. */
export interface Sort {
  column: string;
  descending: boolean;
}

/** The first so many runs in order of a column. */
export interface Top {
  count: number;
  sort: Sort;
}

/** What an address says about which runs are listed, drawn and compared; the rest of it is in url.ts. */
export interface RunsView {
  runFilter: string;
  /** What gives runs their colours: `run`, `group`, or the id of a column; null leaves it to how they are grouped. */
  colourBy: string | null;
  /** Draw the newest so many runs, whichever these are; null leaves it to the page. */
  latest: number | null;
  /** Draw the best so many runs, whichever these are, in place of the newest. */
  top: Top | null;
  /** Id of the column whose value stands beside each run in the list. */
  beside: string | null;
  /** Ids of runs kept on top of every list. */
  pinnedRuns: readonly string[];
  /** Ids of runs picked to do something with them together. */
  picked: readonly string[];
  sort: readonly Sort[];
  /** Columns of the table of runs, in order; null shows what is useful. */
  columns: readonly string[] | null;
  /** Only columns in which runs differ. */
  differing: boolean;
  heat: boolean;
  /** Id of the run that others are compared with. */
  baseline: string | null;
  /** Compare what is the same in all runs, too. */
  same: boolean;
}

/** Longer choices would make addresses that programs cut off. */
export const MOST_IN_ADDRESS = 40;

export const NO_RUNS_VIEW: RunsView = {
  runFilter: "", colourBy: null, latest: null, top: null, beside: null, pinnedRuns: [], picked: [], sort: [], columns: null, differing: false, heat: false, baseline: null, same: false,
};

const given = (list: readonly string[]): string[] => list.filter((text) => text !== "");
const idsOf = (text: string | null): string[] => given((text ?? "").split(","));

function sortOf(text: string): Sort {
  return text.startsWith("-") ? { column: text.slice(1), descending: true } : { column: text, descending: false };
}

/** Reads `5:-last:val/acc`. */
function topOf(text: string | null): Top | null {
  const found = /^([1-9]\d{0,5}):(.+)$/.exec(text ?? "");
  return found ? { count: Number(found[1]), sort: sortOf(found[2]!) } : null;
}

const sortText = ({ column, descending }: Sort): string => (descending ? `-${column}` : column);

export function parseRunsView(fields: URLSearchParams): RunsView {
  const latest = Number(fields.get("latest"));
  const columns = given(fields.getAll("column"));
  return {
    runFilter: fields.get("filter") ?? "",
    colourBy: fields.get("colour") || null,
    latest: Number.isInteger(latest) && latest > 0 ? latest : null,
    top: topOf(fields.get("top")),
    beside: fields.get("beside") || null,
    pinnedRuns: idsOf(fields.get("pinned_runs")),
    picked: idsOf(fields.get("picked")),
    sort: given(fields.getAll("sort")).map(sortOf),
    columns: columns.length > 0 ? columns : null,
    differing: fields.get("differing") === "1",
    heat: fields.get("heat") === "1",
    baseline: fields.get("baseline") || null,
    same: fields.get("same") === "1",
  };
}

export function runsViewFields(view: RunsView): Record<string, string | readonly string[] | null> {
  const picked = view.picked.length <= MOST_IN_ADDRESS ? view.picked : [];
  return {
    filter: view.runFilter || null,
    colour: view.colourBy,
    latest: view.latest === null ? null : String(view.latest),
    top: view.top && `${view.top.count}:${sortText(view.top.sort)}`,
    beside: view.beside,
    pinned_runs: view.pinnedRuns.join(",") || null,
    picked: picked.join(",") || null,
    sort: view.sort.map(sortText),
    column: view.columns,
    differing: view.differing ? "1" : null,
    heat: view.heat ? "1" : null,
    baseline: view.baseline,
    same: view.same ? "1" : null,
  };
}
