import "../styles/media-grid.css";
import { formatStep } from "../chart/index.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { runOf } from "../state/runs.ts";
import { hoveredRun } from "../state/shown.ts";
import { MediaItem } from "./media-item.tsx";
import { Swatch } from "./swatch.tsx";

export interface GridColumn {
  id: string;
  title: string;
}

interface Props {
  label: string;
  columns: readonly GridColumn[];
  runs: readonly string[];
  /** What a run has in a column. */
  itemsAt(run: string, column: string): readonly Item[];
  /** Says in each cell which step it is of. */
  steps?: boolean;
}

const HEIGHT = 112;

function GridCell({ items, all, steps }: { items: readonly Item[]; all: readonly Item[]; steps: boolean }) {
  const first = items[0];
  if (!first) return <td class="media-none">·</td>;
  return (
    <td>
      <MediaItem item={first} all={all} height={HEIGHT} />
      {(steps || items.length > 1) && (
        <p class="media-of">
          {steps && <span>step {formatStep(first.step)}</span>}
          {items.length > 1 && <span>1 of {items.length}</span>}
        </p>
      )}
    </td>
  );
}

/** A row of media per run, one cell per step or key. */
export function MediaGrid({ label, columns, runs, itemsAt, steps = false }: Props) {
  const rows = runs.map((run) => ({ run, cells: columns.map(({ id }) => itemsAt(run, id)) })).filter(({ cells }) => cells.some((items) => items.length > 0));
  if (rows.length === 0) return <p class="chart-none">None of the runs shown logged this.</p>;
  const all = rows.flatMap(({ cells }) => cells.flat());
  return (
    <div class="media-scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="media-grid" data-testid="media-grid">
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">run</span>
            </th>
            {columns.map(({ id, title }) => (
              <th key={id} scope="col" title={title}>
                <bdi>{title}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ run, cells }) => {
            const known = runOf(run);
            return (
              <tr key={run} data-run={known?.name} onPointerEnter={() => (hoveredRun.value = run)} onPointerLeave={() => (hoveredRun.value = null)}>
                <th scope="row">
                  <span class="with-swatch">
                    {known && <Swatch run={known} />}
                    <span class="ellipsis">{known?.name ?? run}</span>
                  </span>
                </th>
                {cells.map((items, at) => (
                  <GridCell key={columns[at]!.id} items={items} all={all} steps={steps} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
