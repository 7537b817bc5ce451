import { make } from "./float.ts";
import type { Frame } from "./frame.ts";
import { toPixel } from "./scale.ts";

/** What was written at steps of a chart. */
export interface Flag {
  id: string;
  first: number;
  last: number;
  text: string;
  /** How much it matters, where somebody said so. */
  tone?: "info" | "warn" | "error";
}

/** Small flags on the x axis, buttons that say what was written there; over the steps of a range lies a bar. */
export class Flags {
  private readonly root: HTMLElement;
  private list: readonly Flag[] = [];
  private nodes: { flag: HTMLButtonElement; bar: HTMLElement }[] = [];

  private frame: Frame | null = null;

  constructor(host: HTMLElement, open: (id: string) => void) {
    this.root = make("div", "chart-flags", host);
    this.root.addEventListener("click", (event) => {
      const id = (event.target as HTMLElement).dataset["flag"];
      if (id !== undefined) open(id);
    });
  }

  set(list: readonly Flag[]): void {
    this.list = list;
    for (const { flag, bar } of this.nodes.splice(list.length)) {
      flag.remove();
      bar.remove();
    }
    list.forEach((each, k) => this.name(k, each));
    this.place(this.frame);
  }

  /** Puts them where their steps are; without a frame whose axis has steps, nowhere. */
  place(f: Frame | null): void {
    this.frame = f;
    this.list.forEach(({ first, last }, k) => {
      const { flag, bar } = this.nodes[k]!;
      const inside = f !== null && !f.empty && last >= f.sx.lo && first <= f.sx.hi;
      flag.hidden = bar.hidden = !inside;
      if (!inside) return;
      const { left, right, top, bottom } = f.box;
      const [from, to] = [first, last].map((step) => Math.min(right, Math.max(left, toPixel(f.sx, step)))) as [number, number];
      flag.style.setProperty("transform", `translate(${Math.round(from)}px, ${bottom}px)`);
      bar.style.setProperty("transform", `translate(${Math.round(from)}px, ${top}px)`);
      bar.style.setProperty("width", `${Math.max(1, Math.round(to - from))}px`);
      bar.style.setProperty("height", `${bottom - top}px`);
    });
  }

  private name(k: number, { id, first, last, text, tone }: Flag): void {
    const node = (this.nodes[k] ??= { bar: make("i", "chart-flag-bar", this.root), flag: make("button", "chart-flag", this.root) as HTMLButtonElement });
    node.flag.type = "button";
    node.flag.title = text;
    node.flag.setAttribute("aria-label", first === last ? `Step ${first}: ${text}` : `Steps ${first} to ${last}: ${text}`);
    node.flag.dataset["flag"] = id;
    for (const part of [node.flag, node.bar]) part.dataset["tone"] = tone ?? "";
    node.bar.classList.toggle("chart-flag-range", last > first);
  }

  remove(): void {
    this.root.remove();
  }
}
