import { isMedia } from "../state/objects.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { mediaIn } from "../state/objects.ts";
import { exactText } from "./format.ts";
import { MediaItem } from "./media-item.tsx";

const THUMB_HEIGHT = 64;

/** A table's cell: media as themselves, numbers in full, anything else as text. */
export function Cell({ value, item }: { value: unknown; item: Omit<Item, "media" | "part"> }) {
  const media = isMedia(value) || Array.isArray(value) ? mediaIn(value) : [];
  if (media.length > 0) {
    const items = media.map((each) => ({ ...each, ...item }));
    return (
      <span class="cell-media">
        {items.map((each) => (
          <MediaItem key={each.media.id} item={each} all={items} height={THUMB_HEIGHT} inCell />
        ))}
      </span>
    );
  }
  const text = exactText(value);
  return (
    <span class="cell-text" title={text.length > 60 ? text : undefined}>
      {text}
    </span>
  );
}
