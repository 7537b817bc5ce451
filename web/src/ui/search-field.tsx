import { Icon } from "./icon.tsx";

interface Props {
  value: string;
  label: string;
  placeholder: string;
  testid: string;
  title?: string;
  /** What is wrong with the value, if anything. */
  error?: string | null;
  onInput(value: string): void;
}

export function SearchField({ value, label, placeholder, testid, title, error, onInput }: Props) {
  return (
    <label class={error ? "search search-bad" : "search"} title={error ?? title}>
      <Icon name="search" />
      <span class="unseen">{label}</span>
      <input
        type="search"
        value={value}
        placeholder={placeholder}
        data-testid={testid}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={Boolean(error)}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
