import type { AlertsPage } from "../api/types.ts";

/** Returns what is held, begun anew with the newest page of it; that page alone where others may lie between the two. */
export function refreshed(held: AlertsPage, newest: AlertsPage): AlertsPage {
  const last = newest.alerts.at(-1);
  const at = held.alerts.findIndex((alert) => alert.id === last?.id);
  return at < 0 ? newest : { alerts: [...newest.alerts, ...held.alerts.slice(at + 1)], next: held.next };
}

/** Alerts, the newest first, of which older ones are fetched when they are asked for. */
export class AlertList {
  /** null until it is known. */
  page: AlertsPage | null = null;
  error: string | null = null;
  private turn = 0;

  constructor(
    private readonly ask: (before?: string) => Promise<AlertsPage>,
    private readonly changed: () => void,
  ) {}

  /** Fetches what is new. */
  async load(): Promise<void> {
    const mine = ++this.turn;
    const isLatest = (): boolean => mine === this.turn;
    await this.take(this.ask(), isLatest, (newest) => (this.page ? refreshed(this.page, newest) : newest));
  }

  /** Fetches what comes after those held. */
  async older(): Promise<void> {
    const { next } = this.page!;
    const isNext = (): boolean => this.turn >= 0 && this.page!.next === next;
    await this.take(this.ask(next!), isNext, (older) => ({ alerts: [...this.page!.alerts, ...older.alerts], next: older.next }));
  }

  close(): void {
    this.turn = -Infinity;
  }

  private async take(asked: Promise<AlertsPage>, isWanted: () => boolean, join: (found: AlertsPage) => AlertsPage): Promise<void> {
    let error: string | null = null;
    const found = await asked.catch((fault: unknown) => {
      error = fault instanceof Error ? fault.message : String(fault);
      return null;
    });
    if (!isWanted()) return;
    if (found) this.page = join(found);
    this.error = error;
    this.changed();
  }
}
