import type { ScaleKind } from "../chart/index.ts";

export const SCALES: Record<ScaleKind, string> = { linear: "Linear", log: "Logarithmic", symlog: "Symmetric log" };

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  /** Their names; as pairs where their order is not that of an object's keys. */
  choices: Readonly<Record<T, string>> | readonly (readonly [T, string])[];
  testid: string;
  onChange(value: T): void;
}

/** A line of options: one of several. */
export function Choice<T extends string>({ label, value, choices, testid, onChange }: ChoiceProps<T>) {
  return (
    <label class="option">
      <span>{label}</span>
      <select data-testid={testid} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {(Array.isArray(choices) ? choices : Object.entries(choices)).map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
