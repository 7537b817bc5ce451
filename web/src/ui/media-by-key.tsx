import { newestIn } from "../state/logged.ts";
import type { Wanted } from "../state/logged.ts";
import { mediaKeys } from "../state/metrics.ts";
import { stepOf } from "../state/media-view.ts";
import { galleryItems } from "../state/objects.ts";
import type { LoggedObject } from "../api/types.ts";
import { MediaGrid } from "./media-grid.tsx";
import { Problem } from "./problem.tsx";
import { useLogged, useShownIds } from "./use-logged.ts";

interface OfKeys extends Wanted {
  keys: readonly { key: string; last: number | null }[];
}

async function newestOfKeys({ keys, ...wanted }: OfKeys, signal: AbortSignal): Promise<LoggedObject[]> {
  return (await Promise.all(keys.map((each) => newestIn({ ...wanted, ...each }, signal)))).flat();
}

/** A row per run with its media of every key, at one step. */
export function MediaByKey() {
  const runs = useShownIds();
  const keys = mediaKeys.value.map((key) => ({ key, last: stepOf(key) }));
  const logged = useLogged({ runs, keys }, true, newestOfKeys);
  const byPlace = new Map((logged.found ?? []).map((object) => [`${object.run}:${object.key}`, object]));
  return (
    <section class="card media-card" aria-label="Media of every key" aria-busy={logged.found === null}>
      {logged.error !== null && <Problem text={logged.error} retry={logged.reload} />}
      {logged.found !== null && (
        <MediaGrid
          label="Media of every key"
          columns={keys.map(({ key }) => ({ id: key, title: key }))}
          runs={runs}
          steps
          itemsAt={(run, key) => {
            const object = byPlace.get(`${run}:${key}`);
            return object ? galleryItems(object) : [];
          }}
        />
      )}
    </section>
  );
}
