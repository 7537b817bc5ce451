import type { LoggedObject } from "../api/types.ts";
import { formatStep } from "../chart/index.ts";
import { galleryItems } from "../state/objects.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { runOf } from "../state/runs.ts";
import { hoveredRun } from "../state/shown.ts";
import { MediaItem } from "./media-item.tsx";
import { Swatch } from "./swatch.tsx";

/** One run's media of a key at a step. */
export function MediaStrip({ object, items, all }: { object: LoggedObject; items: readonly Item[]; all: readonly Item[] }) {
  const run = runOf(object.run);
  return (
    <div class="media-strip" data-run={run?.name} onPointerEnter={() => (hoveredRun.value = object.run)} onPointerLeave={() => (hoveredRun.value = null)}>
      <p class="media-run">
        {run && <Swatch run={run} />}
        <span class="ellipsis">{run?.name ?? object.run}</span>
        <span class="faint">step {formatStep(object.step)}</span>
      </p>
      <div class="media-row">
        {items.map((item) => (
          <MediaItem key={`${item.media.id}:${item.part}`} item={item} all={all} />
        ))}
      </div>
    </div>
  );
}

/** A strip of media per run, in the order of the runs. */
export function MediaStrips({ objects, runs }: { objects: readonly LoggedObject[]; runs: readonly string[] }) {
  const byRun = new Map(objects.map((object) => [object.run, object]));
  const strips = runs.flatMap((run) => byRun.get(run) ?? []).map((object) => ({ object, items: galleryItems(object) }));
  const shown = strips.filter(({ items }) => items.length > 0);
  const all = shown.flatMap(({ items }) => items);
  if (all.length === 0) return <p class="chart-none">None of the runs shown logged this.</p>;
  return (
    <div class="media-strips">
      {shown.map(({ object, items }) => (
        <MediaStrip key={object.run} object={object} items={items} all={all} />
      ))}
    </div>
  );
}
