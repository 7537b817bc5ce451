import { fetchObjects } from "../api/client.ts";
import type { LoggedObject, Media, MediaType } from "../api/types.ts";

export interface MediaItem {
  media: Media;
  run: string;
  key: string;
  step: number;
  /** Place among several logged together: `0`, or a name where they were. */
  part: string;
}

const TYPES: ReadonlySet<unknown> = new Set<MediaType>(["trackio.image", "trackio.video", "trackio.table", "trackio.trace", "trackio.html", "trackio.audio", "trackio.object3d"]);

/** Media that are shown as themselves, not on a page of rows. */
export function isShown(media: Media): boolean {
  return media._type !== "trackio.table" && media._type !== "trackio.trace";
}

export function isMedia(value: unknown): value is Media {
  if (typeof value !== "object" || value === null) return false;
  return TYPES.has((value as { _type?: unknown })._type);
}

/** Returns every medium inside a logged value, at any depth, in its order. */
export function mediaIn(value: unknown, part = ""): { media: Media; part: string }[] {
  if (isMedia(value)) return [{ media: value, part }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => mediaIn(each, part ? `${part}.${name}` : name));
}

/** Returns the media of a logged value that are shown in galleries. */
export function galleryItems(object: LoggedObject): MediaItem[] {
  return mediaIn(object.value)
    .filter(({ media }) => isShown(media))
    .map(({ media, part }) => ({ media, part, run: object.run, key: object.key, step: object.step }));
}

const PAGE = 500;

/** Objects of one key, newest pages first; `load` starts over, `older` goes on from where the last page ended. */
export class ObjectList {
  objects: LoggedObject[] = [];
  next: string | null = null;
  state: "loading" | "ready" | "failed" = "loading";
  error = "";
  private generation = 0;

  constructor(
    private readonly key: string,
    private readonly changed: () => void,
    /** Instead of pages: the newest object in each of so many parts of the steps. */
    private readonly parts?: number,
  ) {}

  async load(project: string, runs: readonly string[]): Promise<void> {
    await this.fetch(project, runs, undefined);
  }

  async older(project: string, runs: readonly string[]): Promise<void> {
    if (this.next !== null) await this.fetch(project, runs, this.next);
  }

  private async fetch(project: string, runs: readonly string[], before: string | undefined): Promise<void> {
    const mine = ++this.generation;
    try {
      const query = { project, runs, key: this.key, limit: PAGE, ...(this.parts === undefined ? {} : { parts: this.parts }), ...(before === undefined ? {} : { before }) };
      const page = runs.length > 0 ? await fetchObjects(query) : { objects: [], next: null };
      if (mine !== this.generation) return;
      this.objects = before === undefined ? page.objects : [...this.objects, ...page.objects];
      this.next = page.next;
      this.state = "ready";
    } catch (error) {
      if (mine !== this.generation) return;
      this.state = "failed";
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }
}
