import { project } from "../state/address.ts";
import { arrangement } from "../state/media-view.ts";
import { loadMetrics, mediaKeys, metricsError, metricsReady } from "../state/metrics.ts";
import { sections } from "../state/sections.ts";
import { plotOrder } from "../state/shared.ts";
import { Empty } from "../ui/empty.tsx";
import { Fold } from "../ui/fold.tsx";
import { MediaByKey } from "../ui/media-by-key.tsx";
import { MediaPanel } from "../ui/media-panel.tsx";
import { MediaToolbar } from "../ui/media-toolbar.tsx";
import { Problem } from "../ui/problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

export function MediaPage() {
  if (metricsError.value) return <Problem text={metricsError.value} retry={() => void loadMetrics()} />;
  if (!metricsReady.value) return <Skeleton cards={3} />;
  if (mediaKeys.value.length === 0) {
    return (
      <Empty title="No media yet" code={`trackio.log({"sample": trackio.Image(array, caption="step 1")})`}>
        Logged images, videos, sounds, pages and 3-D objects appear here by key and step.
      </Empty>
    );
  }
  return (
    <>
      <MediaToolbar />
      <div class="page-body">
        {arrangement.value === "keys" ? (
          <MediaByKey />
        ) : (
          sections(mediaKeys.value, plotOrder.value).map(({ title, names }) => (
            <Fold key={title} id={`media:${project.value}:${title}`} title={title || "media"} count={names.length}>
              {names.map((name) => (
                <MediaPanel key={name} name={name} />
              ))}
            </Fold>
          ))
        )}
      </div>
    </>
  );
}
