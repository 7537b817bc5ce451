export interface Theme {
  grid: string;
  text: string;
  axis: string;
  surface: string;
  strong: string;
  font: string;
}

const FALLBACK = {
  light: { grid: "#eef0f3", text: "#5b6472", axis: "#d5d9e0", surface: "#ffffff", strong: "#14171c" },
  dark: { grid: "#20242b", text: "#a0a8b5", axis: "#363c46", surface: "#15181d", strong: "#e8eaee" },
};

export function readTheme(host: HTMLElement, name: "light" | "dark"): Theme {
  const style = getComputedStyle(host);
  const base = FALLBACK[name];
  const read = (property: string, other: string): string => style.getPropertyValue(property).trim() || other;
  return {
    grid: read("--chart-grid", base.grid),
    text: read("--chart-text", base.text),
    axis: read("--chart-axis", base.axis),
    surface: read("--surface", base.surface),
    strong: read("--text", base.strong),
    font: style.fontFamily || "system-ui, sans-serif",
  };
}

const parsed = new Map<string, [number, number, number]>();
let probe: CanvasRenderingContext2D | null = null;

/** Red, green and blue of any CSS colour. */
export function rgb(color: string): [number, number, number] {
  const known = parsed.get(color);
  if (known) return known;
  probe ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!probe) return [128, 128, 128];
  probe.canvas.width = probe.canvas.height = 1;
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const d = probe.getImageData(0, 0, 1, 1).data;
  const out: [number, number, number] = [d[0] ?? 0, d[1] ?? 0, d[2] ?? 0];
  parsed.set(color, out);
  return out;
}
