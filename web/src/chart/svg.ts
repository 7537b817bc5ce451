import type { Sketch } from "./sketch.ts";
import { project } from "./project.ts";
import { toPixel } from "./scale.ts";
import type { Series } from "./types.ts";

const HEAD = 30;
const ROW = 18;
const FAINT = 0.2;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const short = (v: number): string => String(Math.round(v * 100) / 100);

/** Path data of one line's values, a new piece after each gap. */
function path(s: Series, values: Float64Array, { frame: f }: Sketch): string {
  const p = project(s, values, f.sx, f.sy, 1);
  let out = "";
  let down = false;
  for (let i = 0; i < p.n; i++) {
    const y = p.y[i]!;
    if (Number.isNaN(y)) {
      down = false;
      continue;
    }
    out += `${down ? "L" : "M"}${short(p.x[i]!)} ${short(y)}`;
    down = true;
  }
  return out;
}

function line(s: Series, sketch: Sketch): string {
  const { color, dash, faint, members } = s.line;
  const stroke = (values: Float64Array, width: number, opacity: number): string =>
    `<path d="${path(s, values, sketch)}" fill="none" stroke="${color}" stroke-width="${width}" stroke-opacity="${opacity}"${dash && !faint ? ` stroke-dasharray="${dash.join(" ")}"` : ""}/>`;
  const beneath = s.smoothed && sketch.frame.raw && !faint && !members ? stroke(s.line.values, 1, FAINT) : "";
  return beneath + stroke(s.y, members ? 2 : 1.5, faint ? FAINT : 1);
}

function axes({ frame: f, theme }: Sketch): string {
  const { box } = f;
  const rows = f.yTicks.map(({ value, label }) => {
    const y = short(toPixel(f.sy, value));
    return `<path d="M${box.left} ${y}H${box.right}" stroke="${theme.grid}"/><text x="${box.left - 8}" y="${y}" dy="4" text-anchor="end">${escaped(label)}</text>`;
  });
  const columns = f.xTicks.map(({ value, label }) => `<text x="${short(toPixel(f.sx, value))}" y="${box.bottom + 16}" text-anchor="middle">${escaped(label)}</text>`);
  return `${rows.join("")}<path d="M${box.left} ${box.bottom}H${box.right}" stroke="${theme.axis}"/>${columns.join("")}`;
}

/** The chart as vectors, with its title and the names of its lines. */
export function drawing(sketch: Sketch): string {
  const { frame, series, options, theme } = sketch;
  const { width, height, left, top, right, bottom } = frame.box;
  const named = series.filter((s) => !s.line.faint);
  const total = HEAD + height + named.length * ROW + 8;
  const legend = named.map(({ line: { color, label } }, k) => {
    const y = HEAD + height + 12 + k * ROW;
    return `<circle cx="18" cy="${y}" r="4" fill="${color}"/><text x="28" y="${y + 4}">${escaped(label)}</text>`;
  });
  const drawn = [...series].sort((a, b) => Number(b.line.faint ?? false) - Number(a.line.faint ?? false)).map((s) => line(s, sketch));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="Inter, sans-serif" font-size="11" fill="${theme.text}">
<rect width="100%" height="100%" fill="${theme.surface}"/>
<clipPath id="plot"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>
<text x="14" y="20" font-size="13" font-weight="600" fill="${theme.strong}">${escaped(options.title)}</text>
<g transform="translate(0 ${HEAD})">${axes(sketch)}<g clip-path="url(#plot)" stroke-linejoin="round">${drawn.join("\n")}</g></g>
${legend.join("\n")}
</svg>
`;
}
