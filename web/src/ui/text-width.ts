/** Digits are all as wide as each other; of other letters this is the mean. */
const DIGIT = 8.25;
const LETTER = 7;

/** Returns about how many pixels wide a text of the usual size is. */
export function textWidth(text: string): number {
  const others = text.replace(/\d/g, "").length;
  return others * LETTER + (text.length - others) * DIGIT;
}
