export interface Pinched {
  /** Of the range shown: above one when the fingers come together. */
  factor: number;
  x: number;
  dx: number;
}

/** Follows two fingers: how much they came together, about which pixel, and how far their middle moved. */
export class Pinch {
  private readonly fingers = new Map<number, number>();

  down(e: PointerEvent): void {
    this.fingers.set(e.pointerId, e.offsetX);
  }

  up(e: PointerEvent): void {
    this.fingers.delete(e.pointerId);
  }

  move(e: PointerEvent): Pinched | null {
    const before = this.fingers.get(e.pointerId);
    if (before === undefined) return null;
    this.fingers.set(e.pointerId, e.offsetX);
    if (this.fingers.size !== 2) return null;
    const other = [...this.fingers].find(([id]) => id !== e.pointerId)![1];
    const [was, is] = [Math.abs(before - other), Math.abs(e.offsetX - other)];
    if (was < 10 || is < 10) return null;
    return { factor: was / is, x: (e.offsetX + other) / 2, dx: (e.offsetX - before) / 2 };
  }
}
