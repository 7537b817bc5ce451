import "../styles/name-form.css";
import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  label: string;
  initial: string;
  /** What its button says for a name. */
  action(name: string): string;
  onName(name: string, form: HTMLFormElement): void;
}

/** A field for a name, and the button that does something with it. */
export function NameForm({ label, initial, action, onName }: Props) {
  const [name, setName] = useState(initial);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (initial !== "") field.current!.select();
  }, []);
  const trimmed = name.trim();
  return (
    <form
      class="name-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (trimmed === "") return;
        setName("");
        onName(trimmed, event.currentTarget);
      }}
    >
      <input ref={field} value={name} aria-label={label} placeholder={label} maxLength={500} autocomplete="off" data-testid="name-field" onInput={(event) => setName(event.currentTarget.value)} />
      <button type="submit" class="button" disabled={trimmed === ""} data-testid="name-save">
        {action(trimmed)}
      </button>
    </form>
  );
}
