/** A regular expression as somebody typed it; without regard to case. */
export interface Pattern {
  source: string;
  flags: string;
}

/** What can go on and on: with none of these, trying is soon over, whatever the text. */
const REPEATS = /[*+?{]/;

/** Returns the expression; without a state of its own, as `g` and `y` would start where the last text ended. Throws SyntaxError. */
export function compiled({ source, flags }: Pattern): RegExp {
  return new RegExp(source, `i${flags.replace(/[igy]/g, "")}`);
}

/** Returns what is wrong with a pattern, null where nothing is. */
export function faultOf(pattern: Pattern): string | null {
  try {
    compiled(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether a pattern may be tried at once: where it repeats nothing. */
export function isQuick({ source }: Pattern): boolean {
  return !REPEATS.test(source);
}

/** A text that a pattern is found in, and what its groups hold there. */
export type Hit = [text: string, groups: string];

/** Returns the texts that a pattern is found in. */
export function hitsOf(pattern: Pattern, texts: readonly string[]): Hit[] {
  const expression = compiled(pattern);
  return texts.flatMap((text): Hit[] => {
    const found = expression.exec(text);
    return found ? [[text, found.slice(1).filter((group) => group !== undefined).join(" ")]] : [];
  });
}
