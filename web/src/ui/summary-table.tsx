import type { Run } from "../api/types.ts";
import { formatStep } from "../chart/index.ts";
import { natural } from "../state/natural.ts";
import { shortText } from "./format.ts";

const COLUMNS = ["last", "min", "max", "mean"] as const;

/** What became of each metric of a run. */
export function SummaryTable({ run }: { run: Run }) {
  const names = Object.keys(run.summary).sort(natural);
  return (
    <section class="card run-summary" data-testid="run-summary">
      <header class="card-head">
        <h2 class="card-title">Metrics</h2>
      </header>
      {names.length === 0 && <p class="card-note">It has logged no numbers yet.</p>}
      {names.length > 0 && (
        <div class="table-scroll">
          <table class="data-table">
            <thead>
              <tr>
                <th scope="col">metric</th>
                {COLUMNS.map((column) => (
                  <th key={column} scope="col" class="number">
                    {column}
                  </th>
                ))}
                <th scope="col" class="number">
                  points
                </th>
                <th scope="col" class="number">
                  last step
                </th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => {
                const summary = run.summary[name]!;
                return (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    {COLUMNS.map((column) => (
                      <td key={column} class="number">
                        {shortText(summary[column])}
                      </td>
                    ))}
                    <td class="number">{summary.count.toLocaleString("en-US")}</td>
                    <td class="number">{summary.last_step === null ? "–" : formatStep(summary.last_step)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
