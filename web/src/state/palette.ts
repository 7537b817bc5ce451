/** What can be found and done by typing a part of its name. */
export interface Entry {
  kind: string;
  title: string;
  /** Told beside it: a key, a state. */
  hint?: string;
  act(): unknown;
}

const BOUNDARY = /[\s/_.:-]/;
/** A match in one piece before one in parts, at the start of a word before one inside, in short names before long ones. */
const WHOLE = 1_000;
const START = 100;
const WORD = 30;
const NEXT = 15;

function startsWord(text: string, at: number): boolean {
  return at === 0 || BOUNDARY.test(text[at - 1]!);
}

/** Returns how well a text matches what was typed, letters in order with gaps between; null where it does not. */
export function score(typed: string, text: string): number | null {
  const [sought, within] = [typed.toLowerCase(), text.toLowerCase()];
  const whole = within.indexOf(sought);
  if (whole >= 0) return WHOLE + (whole === 0 ? START : startsWord(within, whole) ? WORD : 0) - text.length / 100;
  let [points, last] = [0, -1];
  for (const letter of sought) {
    if (letter === " ") continue;
    const at = within.indexOf(letter, last + 1);
    if (at < 0) return null;
    points += (at === last + 1 ? NEXT : 0) + (startsWord(within, at) ? WORD : 0);
    last = at;
  }
  return points - text.length / 100;
}

/** Returns the best so many entries for what was typed; for nothing typed the first ones. */
export function matching(typed: string, entries: readonly Entry[], count: number): Entry[] {
  const text = typed.trim();
  if (text === "") return entries.slice(0, count);
  const found = entries.flatMap((entry) => {
    const points = score(text, entry.title);
    return points === null ? [] : [{ entry, points }];
  });
  return found.sort((a, b) => b.points - a.points).slice(0, count).map(({ entry }) => entry);
}
