interface Props {
  label: string;
  title: string;
  on: boolean;
  testid: string;
  onChange(on: boolean): void;
}

export function Toggle({ label, title, on, testid, onChange }: Props) {
  return (
    <button type="button" class="toggle" aria-pressed={on} title={title} data-testid={testid} onClick={() => onChange(!on)}>
      {label}
    </button>
  );
}
