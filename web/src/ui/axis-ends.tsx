import { useState } from "preact/hooks";
import { formatValue } from "../chart/index.ts";
import { setOwnLook } from "../state/settings.ts";
import type { ChartController } from "./chart-controller.ts";

type End = "yMin" | "yMax";

const NAMES = { yMax: "greatest", yMin: "least" } as const;

/** Buttons over the ends of the y axis: what is typed there fixes them, and nothing lets them go. */
export function AxisEnds({ controller }: { controller: ChartController }) {
  const [typed, setTyped] = useState<End | null>(null);
  const [yMin, yMax] = controller.yEnds.value;
  const held = { yMin, yMax };
  const apply = (end: End, text: string): void => {
    setTyped(null);
    const value = text.trim() === "" ? null : Number(text.replace("\u2212", "-"));
    if (value === null || Number.isFinite(value)) setOwnLook(controller.metric, { [end]: value });
  };
  return (["yMax", "yMin"] as const).map((end) =>
    typed === end ? (
      <input
        key={end}
        class={`axis-end axis-${end}`}
        inputMode="decimal"
        autocomplete="off"
        aria-label={`The ${NAMES[end]} value of the y axis`}
        data-testid={`axis-${end}`}
        placeholder="auto"
        ref={(field) => field?.select()}
        defaultValue={held[end] === null ? "" : String(held[end])}
        onBlur={(event) => apply(end, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key !== "Escape") return;
          event.currentTarget.value = held[end] === null ? "" : String(held[end]);
          event.stopPropagation();
          event.preventDefault();
          event.currentTarget.blur();
        }}
      />
    ) : (
      <button
        key={end}
        type="button"
        class={`axis-end axis-${end}`}
        aria-label={`Fix the ${NAMES[end]} value of the y axis`}
        title={held[end] === null ? `Fix the ${NAMES[end]} value` : `Fixed at ${formatValue(held[end])}: change it, or leave it empty`}
        data-testid={`fix-${end}`}
        onClick={() => setTyped(end)}
      />
    ),
  );
}
