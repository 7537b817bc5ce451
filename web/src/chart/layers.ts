/** The three canvases of a chart: axes, lines, and the highlighted line, which takes the input. */
export class Layers {
  readonly axes: CanvasRenderingContext2D;
  readonly lines: CanvasRenderingContext2D;
  readonly top: CanvasRenderingContext2D;
  width = 0;
  height = 0;
  dpr = 1;

  constructor(host: HTMLElement) {
    this.axes = this.make(host, "chart-axes");
    this.lines = this.make(host, "chart-lines");
    this.top = this.make(host, "chart-top");
    this.axes.canvas.setAttribute("aria-hidden", "true");
    this.lines.canvas.setAttribute("aria-hidden", "true");
    this.top.canvas.width = this.top.canvas.height = 0;
  }

  private make(host: HTMLElement, name: string): CanvasRenderingContext2D {
    const canvas = document.createElement("canvas");
    canvas.className = `chart-layer ${name}`;
    host.append(canvas);
    const ctx = canvas.getContext("2d");
    if (!ctx) throw new Error("This browser has no 2-D canvas.");
    return ctx;
  }

  private fit(ctx: CanvasRenderingContext2D): void {
    const { canvas } = ctx;
    const w = Math.round(this.width * this.dpr);
    const h = Math.round(this.height * this.dpr);
    if (canvas.width !== w) canvas.width = w;
    if (canvas.height !== h) canvas.height = h;
  }

  fitBase(): void {
    this.fit(this.axes);
    this.fit(this.lines);
  }

  /** The top layer takes memory only while a line is highlighted. */
  fitTop(used: boolean): void {
    if (used) this.fit(this.top);
    else if (this.top.canvas.width > 0) this.top.canvas.width = this.top.canvas.height = 0;
  }

  fade(on: boolean): void {
    this.lines.canvas.classList.toggle("chart-faded", on);
  }

  remove(): void {
    for (const ctx of [this.axes, this.lines, this.top]) {
      ctx.canvas.width = ctx.canvas.height = 0;
      ctx.canvas.remove();
    }
  }
}
