import { useEffect, useState } from "preact/hooks";
import { fetchConfigHistory } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { changesOf } from "../state/config-history.ts";
import type { ConfigChange } from "../state/config-history.ts";
import { ago, exactText, moments } from "./format.ts";

function Value({ value }: { value: unknown }) {
  return value === undefined ? <span class="faint">–</span> : <bdi>{exactText(value)}</bdi>;
}

/** Settings that changed while the run went on, and when. */
export function ConfigHistory({ run }: { run: Run }) {
  const [changes, setChanges] = useState<readonly ConfigChange[]>([]);
  const now = JSON.stringify(run.config);
  useEffect(() => {
    let over = false;
    const take = (found: readonly ConfigChange[]): void => {
      if (!over) setChanges(found);
    };
    fetchConfigHistory(run.id).then(
      (history) => take(changesOf(history)),
      () => take([]),
    );
    return () => {
      over = true;
    };
  }, [run.id, now]);
  if (changes.length === 0) return null;
  return (
    <section class="card" data-testid="config-history">
      <header class="card-head">
        <h2 class="card-title">
          Changed settings <span class="count">{changes.length}</span>
        </h2>
      </header>
      <div class="table-scroll">
        <table class="data-table">
          <thead>
            <tr>
              <th scope="col">key</th>
              <th scope="col">before</th>
              <th scope="col">after</th>
              <th scope="col">changed</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ time, key, before, after }) => (
              <tr key={`${time} ${key}`} data-testid="config-change">
                <th scope="row">
                  <bdi>{key}</bdi>
                </th>
                <td>
                  <Value value={before} />
                </td>
                <td>
                  <Value value={after} />
                </td>
                <td title={moments(time)}>{ago(time)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
