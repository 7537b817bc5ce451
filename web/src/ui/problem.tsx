import { Icon } from "./icon.tsx";

/** What went wrong, in place, and what to do about it. */
export function Problem({ text, retry }: { text: string; retry?: () => void }) {
  return (
    <div class="problem" role="alert" data-testid="problem">
      <Icon name="warn" />
      <span>{text}</span>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
