import type { ScaleKind } from "../chart/index.ts";

export const SCALES: Record<ScaleKind, string> = { linear: "Linear", log: "Logarithmic", symlog: "Symmetric log" };

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  choices: Record<T, string>;
  testid: string;
  onChange(value: T): void;
}

/** A line of options: one of several. */
export function Choice<T extends string>({ label, value, choices, testid, onChange }: ChoiceProps<T>) {
  return (
    <label class="option">
      <span>{label}</span>
      <select data-testid={testid} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {(Object.keys(choices) as T[]).map((each) => (
          <option key={each} value={each}>
            {choices[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
