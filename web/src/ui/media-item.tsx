import type { Media } from "../api/types.ts";
import { openMedia } from "../state/lightbox.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { Icon } from "./icon.tsx";

/** Below this many pixels across, each pixel matters more than smoothness. */
const TINY = 96;
const HEIGHT = 160;
const WIDEST = 360;

export function isTiny(media: Media): boolean {
  return (media.width ?? TINY) < TINY && (media.height ?? TINY) < TINY;
}

function sizeOf(media: Media, height: number) {
  const ratio = media.width && media.height ? media.width / media.height : 4 / 3;
  const width = Math.max(height / 2, Math.min(WIDEST, height * ratio));
  return { width: `${Math.round(width)}px`, height: `${height}px` };
}

function Pending({ kind, style }: { kind: string; style: Record<string, string> }) {
  return (
    <span class="media-pending" style={style} role="status">
      <span class="media-spin" aria-hidden="true" />
      encoding… <span class="unseen">{kind}</span>
    </span>
  );
}

/** One image or video in a gallery or a table's cell, in whatever state it is. */
export function MediaItem({ item, all, height = HEIGHT }: { item: Item; all: readonly Item[]; height?: number }) {
  const { media } = item;
  const kind = media._type.replace("trackio.", "");
  const style = sizeOf(media, height);
  const name = media.caption ?? `${kind} of ${item.key} at step ${item.step}`;
  const open = (): void => openMedia(all, item);
  return (
    <figure class="media-item" data-testid="media-item" data-kind={kind} data-state={media.state} data-key={item.key} data-step={item.step} data-media={media.id}>
      {media.state === "pending" && <Pending kind={kind} style={style} />}
      {media.state === "failed" && (
        <span class="media-failed" role="alert" style={{ minHeight: style.height }}>
          <Icon name="warn" />
          <b>This {kind} could not be stored</b>
          <span>{media.error ?? "no reason given"}</span>
        </span>
      )}
      {media.state === "ready" && kind === "image" && (
        <button type="button" class="media-open" style={style} title={name} onClick={open}>
          <img class={isTiny(media) ? "tiny" : ""} src={isTiny(media) ? (media.url ?? "") : (media.thumb ?? media.url ?? "")} alt={name} loading="lazy" decoding="async" />
        </button>
      )}
      {media.state === "ready" && kind === "video" && (
        <span class="media-video" style={style}>
          <video
            class={isTiny(media) ? "tiny" : ""}
            src={media.url ?? ""}
            {...(media.poster ? { poster: media.poster } : {})}
            aria-label={name}
            controls
            loop
            muted
            playsInline
            preload={media.poster ? "none" : "metadata"}
          />
          <button type="button" class="icon-button small media-expand" title="Enlarge" aria-label={`Enlarge ${name}`} onClick={open}>
            <Icon name="expand" />
          </button>
        </span>
      )}
      {media.caption && <figcaption title={media.caption} style={{ maxWidth: style.width }}>{media.caption}</figcaption>}
    </figure>
  );
}
