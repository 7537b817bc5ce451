import type { Hit } from "./hit.ts";
import type { Box } from "./types.ts";

const DOTS = 12;

/** The vertical line and the dots on the lines: elements moved by transform, so that nothing is redrawn. */
export class Cursor {
  private readonly line: HTMLElement;
  private readonly dots: HTMLElement[] = [];

  constructor(private readonly host: HTMLElement) {
    this.line = this.make("chart-cursor");
  }

  private make(name: string): HTMLElement {
    const node = document.createElement("div");
    node.className = name;
    node.hidden = true;
    this.host.append(node);
    return node;
  }

  show(px: number | null, box: Box, hits: Hit[]): void {
    const inside = px !== null && px >= box.left - 0.5 && px <= box.right + 0.5;
    this.line.hidden = !inside;
    if (inside) {
      this.line.style.setProperty("transform", `translate(${Math.round(px)}px, ${box.top}px)`);
      this.line.style.setProperty("height", `${box.bottom - box.top}px`);
    }
    const drawn = hits.filter((h) => h.px >= box.left && h.px <= box.right && h.py >= box.top && h.py <= box.bottom);
    const count = Math.min(DOTS, drawn.length);
    for (let k = 0; k < count; k++) this.dot(k, drawn[k] as Hit);
    for (let k = count; k < this.dots.length; k++) (this.dots[k] as HTMLElement).hidden = true;
  }

  private dot(k: number, hit: Hit): void {
    const node = (this.dots[k] ??= this.make("chart-point"));
    node.hidden = false;
    node.style.setProperty("background-color", hit.series.line.color);
    node.style.setProperty("transform", `translate(${hit.px}px, ${hit.py}px)`);
  }

  remove(): void {
    this.line.remove();
    for (const dot of this.dots) dot.remove();
  }
}
