import type { Hit } from "./hit.ts";
import type { Box } from "./types.ts";

const DOTS = 12;

/** The vertical lines and the dots on the lines: elements moved by transform, so that nothing is redrawn. */
export class Cursor {
  private readonly line: HTMLElement;
  private readonly fixed: HTMLElement;
  private readonly dots: HTMLElement[] = [];

  constructor(private readonly host: HTMLElement) {
    this.fixed = this.make("chart-cursor chart-fixed");
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
    place(this.line, px, box);
    const drawn = hits.filter((h) => h.px >= box.left && h.px <= box.right && h.py >= box.top && h.py <= box.bottom);
    const count = Math.min(DOTS, drawn.length);
    for (let k = 0; k < count; k++) this.dot(k, drawn[k] as Hit);
    for (let k = count; k < this.dots.length; k++) (this.dots[k] as HTMLElement).hidden = true;
  }

  fix(px: number | null, box: Box): void {
    place(this.fixed, px, box);
  }

  private dot(k: number, hit: Hit): void {
    const node = (this.dots[k] ??= this.make("chart-point"));
    node.hidden = false;
    node.style.setProperty("background-color", hit.series.line.color);
    node.style.setProperty("transform", `translate(${hit.px}px, ${hit.py}px)`);
  }

  remove(): void {
    this.line.remove();
    this.fixed.remove();
    for (const dot of this.dots) dot.remove();
  }
}

function place(line: HTMLElement, px: number | null, box: Box): void {
  const inside = px !== null && px >= box.left - 0.5 && px <= box.right + 0.5;
  line.hidden = !inside;
  if (!inside) return;
  line.style.setProperty("transform", `translate(${Math.round(px)}px, ${box.top}px)`);
  line.style.setProperty("height", `${box.bottom - box.top}px`);
}
