import { useRef, useState } from "preact/hooks";
import { formatStep } from "../chart/index.ts";
import { mediaIn } from "../state/objects.ts";
import { runOf } from "../state/runs.ts";
import { exactText } from "./format.ts";
import { Problem } from "./problem.tsx";
import { Swatch } from "./swatch.tsx";
import { useObjects } from "./use-objects.ts";
import { useVisible } from "./use-visible.ts";

const AT_ONCE = 50;

/** Text and other plain values of one key, newest first. */
export function ValuePanel({ name }: { name: string }) {
  const card = useRef<HTMLElement>(null);
  const { list, reload, older } = useObjects(name, useVisible(card, "600px"));
  const [most, setMost] = useState(AT_ONCE);
  const values = list.objects.filter((object) => mediaIn(object.value).length === 0);
  const more = values.length > most || list.next !== null;
  return (
    <section ref={card} class="card table-card" data-testid="values" data-key={name} aria-label={`Values of ${name}`}>
      <header class="card-head">
        <h3 class="card-title">{name}</h3>
      </header>
      {list.state === "failed" && <Problem text={list.error} retry={reload} />}
      <div class="table-scroll">
        <table class="data-table">
          <thead>
            <tr>
              <th scope="col">run</th>
              <th scope="col" class="number">
                step
              </th>
              <th scope="col">value</th>
            </tr>
          </thead>
          <tbody>
            {values.slice(0, most).map((object) => {
              const run = runOf(object.run);
              return (
                <tr key={`${object.run}:${object.step}:${object.time}`}>
                  <td>
                    <span class="with-swatch">
                      {run && <Swatch run={run} />}
                      {run?.name ?? object.run}
                    </span>
                  </td>
                  <td class="number">{formatStep(object.step)}</td>
                  <td>
                    <span class="cell-text">{exactText(object.value)}</span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {more && (
        <button
          type="button"
          class="button"
          onClick={() => {
            setMost(most + AT_ONCE);
            if (values.length <= most + AT_ONCE) older();
          }}
        >
          Show more
        </button>
      )}
    </section>
  );
}
