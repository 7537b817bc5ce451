export interface KeyHooks {
  /** Moves the cursor by so many points. */
  move(points: number): void;
  /** Moves the cursor to the first or the last point in view. */
  edge(last: boolean): void;
  /** Takes the next or the previous line. */
  line(by: number): void;
  zoom(factor: number): void;
  /** Moves what is shown by this share of its width. */
  pan(share: number): void;
  reset(): void;
  back(): void;
  pin(): void;
  /** False if there was nothing to clear. */
  clear(): boolean;
  /** Any other key. */
  other(key: string): boolean;
}

function act(e: KeyboardEvent, hooks: KeyHooks): boolean {
  const stride = e.shiftKey ? 10 : 1;
  switch (e.key) {
    case "ArrowLeft": hooks.move(-stride); return true;
    case "ArrowRight": hooks.move(stride); return true;
    case "ArrowUp": hooks.line(-1); return true;
    case "ArrowDown": hooks.line(1); return true;
    case "Home": hooks.edge(false); return true;
    case "End": hooks.edge(true); return true;
    case "+": case "=": case "w": hooks.zoom(0.6); return true;
    case "-": case "_": case "s": hooks.zoom(1 / 0.6); return true;
    case "a": hooks.pan(-0.2); return true;
    case "d": hooks.pan(0.2); return true;
    case "0": hooks.reset(); return true;
    case "Backspace": hooks.back(); return true;
    case "Enter": case " ": hooks.pin(); return true;
    case "Escape": return hooks.clear();
    default: return hooks.other(e.key);
  }
}

export function listenKeys(canvas: HTMLElement, hooks: KeyHooks): () => void {
  const onKey = (e: KeyboardEvent): void => {
    if (e.ctrlKey || e.metaKey || e.altKey || !act(e, hooks)) return;
    e.preventDefault();
    e.stopPropagation();
  };
  canvas.addEventListener("keydown", onKey);
  return () => canvas.removeEventListener("keydown", onKey);
}
