import { closeAround } from "./popover.tsx";

interface Props {
  title: string;
  /** Whether it is the one chosen of several; left out where it is no choice. */
  checked?: boolean;
  testid?: string;
  act(): void;
}

/** An entry of a menu, which closes with it. */
export function MenuItem({ title, checked, testid, act }: Props) {
  const press = (event: MouseEvent): void => {
    closeAround(event.currentTarget as HTMLElement);
    act();
  };
  return checked === undefined ? (
    <button type="button" role="menuitem" data-testid={testid} onClick={press}>
      {title}
    </button>
  ) : (
    <button type="button" role="menuitemradio" aria-checked={checked} data-testid={testid} onClick={press}>
      {title}
    </button>
  );
}
