import type { Run } from "../api/types.ts";

/** What was typed to find runs: words or a pattern are sought here, an expression is the server's to judge. */
export type FilterText =
  | { kind: "none" }
  | { kind: "local"; matches(run: Run): boolean }
  | { kind: "expression"; text: string }
  | { kind: "wrong"; error: string };

const PATTERN = /^\/(.*?)(?:\/([a-z]*))?$/s;
const SIGNS = /[=<>~()"]|\s(?:and|or)\s|^not\s/i;

function texts(run: Run): string[] {
  return [run.name, run.group ?? "", run.status, run.notes ?? "", ...run.tags].filter((text) => text !== "");
}

function ofPattern(source: string, flags: string): FilterText {
  if (source === "") return { kind: "none" };
  try {
    // Without a state of its own: `g` and `y` would start where the last run ended.
    const expression = new RegExp(source, `i${flags.replace(/[igy]/g, "")}`);
    return { kind: "local", matches: (run) => texts(run).some((text) => expression.test(text)) };
  } catch (error) {
    return { kind: "wrong", error: error instanceof Error ? error.message : String(error) };
  }
}

/** Reads `plain words`, `/a pattern/` or an expression such as `status = running and config.lr < 0.01`. */
export function readFilter(typed: string): FilterText {
  const text = typed.trim();
  if (text === "") return { kind: "none" };
  const pattern = PATTERN.exec(text);
  if (pattern) return ofPattern(pattern[1]!, pattern[2] ?? "");
  if (SIGNS.test(text)) return { kind: "expression", text };
  const words = text.toLowerCase().split(/\s+/);
  return {
    kind: "local",
    matches: (run) => {
      const all = texts(run).join("\n").toLowerCase();
      return words.every((word) => all.includes(word));
    },
  };
}
