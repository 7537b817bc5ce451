import type { Run } from "../api/types.ts";
import { delta } from "../state/comparison.ts";
import type { Branch, Compared } from "../state/comparison.ts";
import { directionOf } from "../state/direction.ts";
import { readOnly } from "../state/read-only.ts";
import { ignored } from "../state/shared.ts";
import { hoveredRun } from "../state/shown.ts";
import { setIgnored } from "../state/views.ts";
import { exactText, shortText } from "./format.ts";
import { Icon } from "./icon.tsx";

interface Props {
  title: string;
  branches: readonly Branch[];
  runs: readonly Run[];
  /** Place of the baseline among the runs; -1 for none. */
  baseline: number;
  /** Measured numbers are rounded, those given are not. */
  exact: boolean;
}

const percent = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1, signDisplay: "always" });

/** Of results, better or worse where their names say it; of all else, more or less. */
function lookOf(by: number, name: string, exact: boolean): string {
  const better = exact ? null : directionOf(name);
  if (better === null) return by > 0 ? "delta delta-up" : "delta delta-down";
  return by > 0 === (better === "more") ? "delta delta-better" : "delta delta-worse";
}

function Delta({ value, baseline, exact, name }: { value: unknown; baseline: unknown; exact: boolean; name: string }) {
  const found = delta(value, baseline);
  if (!found) return null;
  const { by, share } = found;
  // What subtraction adds in the last digits was never given.
  const size = exact ? String(Number(Math.abs(by).toPrecision(6))) : shortText(Math.abs(by));
  return (
    <span class={lookOf(by, name, exact)}>
      {by > 0 ? "+" : "−"}
      {size}
      {share !== null && Math.abs(share) < 100 && ` (${percent.format(share)})`}
    </span>
  );
}

function Line({ line, runs, baseline, exact, last }: { line: Compared; last: string } & Omit<Props, "title" | "branches">) {
  return (
    <tr data-testid="compare-line" data-key={line.key} class={line.same ? "compare-same" : ""}>
      <th scope="row" title={line.key}>
        <span class="compare-key">
          <bdi class="ellipsis">{last}</bdi>
          {!readOnly && (
            <button
              type="button"
              class="row-tool"
              aria-label={`Leave out ${line.key}`}
              title="Leave out of comparisons, for everybody"
              data-testid="ignore-key"
              onClick={() => void setIgnored([...ignored.peek(), line.key], `${line.key} is left out`)}
            >
              <Icon name="close" />
            </button>
          )}
        </span>
      </th>
      {line.values.map((value, at) => (
        <td key={runs[at]!.id} class={hoveredRun.value === runs[at]!.id ? "compare-cell run-hovered" : "compare-cell"} title={exactText(value)}>
          {value === undefined ? <span class="faint">–</span> : <bdi>{exact ? exactText(value) : shortText(value)}</bdi>}
          {baseline >= 0 && at !== baseline && <Delta value={value} baseline={line.values[baseline]} exact={exact} name={line.key} />}
        </td>
      ))}
    </tr>
  );
}

/** Lines of one kind, under what their keys have in common. */
export function CompareLines({ title, branches, ...rest }: Props) {
  if (branches.length === 0) return null;
  return (
    <tbody data-testid={`compare-${title.toLowerCase()}`}>
      <tr class="compare-title">
        <th scope="rowgroup" colSpan={rest.runs.length + 1}>
          {title}
        </th>
      </tr>
      {branches.map((branch) => [
        branch.title !== "" && (
          <tr key={`${branch.title}/`} class="compare-branch">
            <th scope="rowgroup" colSpan={rest.runs.length + 1}>
              <bdi>{branch.title}</bdi>
            </th>
          </tr>
        ),
        ...branch.lines.map((line) => (
          <Line key={line.key} line={line} last={branch.title === "" ? line.key : line.key.slice(branch.title.length + 1)} {...rest} />
        )),
      ])}
    </tbody>
  );
}
