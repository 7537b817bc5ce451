import { useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

const SAID_MS = 1_500;

/** Copies text and says that it did. */
export function CopyButton({ text, label, testid }: { text(): string; label: string; testid?: string }) {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text());
    setDone(true);
    window.setTimeout(() => setDone(false), SAID_MS);
  };
  return (
    <button type="button" class="icon-button small" title={done ? "Copied" : label} aria-label={done ? "Copied" : label} data-testid={testid} onClick={() => void copy()}>
      <Icon name={done ? "check" : "copy"} />
    </button>
  );
}
