const AWAY = 16;
const EDGE = 8;

export function make(tag: string, name: string, parent: HTMLElement): HTMLElement {
  const node = document.createElement(tag);
  node.className = name;
  parent.append(node);
  return node;
}

export function write(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** A box beside the pointer, hidden until it is opened. */
export class Float {
  protected readonly root: HTMLElement;
  private shown = false;

  constructor(host: HTMLElement) {
    this.root = make("div", "chart-tip", host);
    this.root.setAttribute("aria-hidden", "true");
    // In the top layer, where a card that clips its content cannot clip the tip.
    if ("showPopover" in this.root) this.root.setAttribute("popover", "manual");
    this.root.hidden = true;
  }

  /** Shows it near a place in the window, and inside it. */
  protected open(x: number, y: number): void {
    if (!this.shown) {
      this.shown = true;
      this.root.hidden = false;
      if (this.root.hasAttribute("popover") && this.root.isConnected) this.root.showPopover();
    }
    const { offsetWidth: w, offsetHeight: h } = this.root;
    const right = document.documentElement.clientWidth - EDGE;
    const bottom = document.documentElement.clientHeight - EDGE;
    const left = x + AWAY + w <= right ? x + AWAY : x - AWAY - w;
    const top = Math.min(y + AWAY, bottom - h);
    const at = `${Math.round(Math.max(EDGE, left))}px, ${Math.round(Math.max(EDGE, top))}px`;
    this.root.style.setProperty("transform", `translate(${at})`);
  }

  hide(): void {
    if (!this.shown) return;
    this.shown = false;
    if (this.root.hasAttribute("popover") && this.root.isConnected) this.root.hidePopover();
    this.root.hidden = true;
  }

  remove(): void {
    this.root.remove();
  }
}
