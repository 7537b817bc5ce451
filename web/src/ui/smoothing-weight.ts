/** Each step to the right remembers so many times longer: 0 … 0.9999 are 4 powers of ten. */
const DECADES = 4;

/** From a place on the slider, 0 to 1, to the weight of the past. */
export function toWeight(place: number): number {
  return Number(weightText(1 - 10 ** (-DECADES * place)));
}

export function toPlace(weight: number): number {
  return Math.min(1, -Math.log10(1 - Math.min(weight, 1 - 10 ** -DECADES)) / DECADES);
}

/** With as many digits as matter. */
export function weightText(weight: number): string {
  const digits = weight < 0.9 ? 2 : weight < 0.99 ? 3 : weight < 0.999 ? 4 : 5;
  return weight.toFixed(digits);
}
