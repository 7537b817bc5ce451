import type { ComponentChildren } from "preact";

export type Fact = [string, ComponentChildren];

const there = ([, value]: Fact): boolean => value !== null && value !== undefined && value !== false && value !== "";

/** A card of names and what is known under them; what is not known is left out. */
export function Facts({ title, facts, testid }: { title: string; facts: readonly Fact[]; testid: string }) {
  return (
    <section class="card" data-testid={testid}>
      <header class="card-head">
        <h2 class="card-title">{title}</h2>
      </header>
      <dl class="key-values">
        {facts.filter(there).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** How much was refused, by its reason. */
export function Refused({ refused }: { refused: Readonly<Record<string, number>> }) {
  return (
    <ul data-testid="run-refused">
      {Object.entries(refused).map(([reason, count]) => (
        <li key={reason}>
          <b>{count.toLocaleString("en-US")}</b> {reason}
        </li>
      ))}
    </ul>
  );
}
