import type { Run } from "../api/types.ts";
import { faultOf } from "./pattern.ts";
import type { Pattern } from "./pattern.ts";

/** What was typed to find runs: words or a pattern are sought here, an expression is the server's to judge. */
export type FilterText =
  | { kind: "none" }
  | { kind: "words"; matches(run: Run): boolean }
  | { kind: "pattern"; pattern: Pattern }
  | { kind: "expression"; text: string }
  | { kind: "wrong"; error: string };

const PATTERN = /^\/(.*?)(?:\/([a-z]*))?$/s;
const SIGNS = /[=<>~()"]|\s(?:and|or)\s|^not\s/i;

/** The texts of a run in which words and patterns are sought. */
export function textsOf(run: Run): string[] {
  return [run.name, run.group ?? "", run.status, run.notes ?? "", ...run.tags].filter((text) => text !== "");
}

function ofPattern(source: string, flags: string): FilterText {
  if (source === "") return { kind: "none" };
  const error = faultOf({ source, flags });
  return error === null ? { kind: "pattern", pattern: { source, flags } } : { kind: "wrong", error };
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
    kind: "words",
    matches: (run) => {
      const all = textsOf(run).join("\n").toLowerCase();
      return words.every((word) => all.includes(word));
    },
  };
}
