import type { ComponentChildren } from "preact";

/** Nothing to show, and how to change that. */
export function Empty({ title, children, code }: { title: string; children?: ComponentChildren; code?: string }) {
  return (
    <div class="empty" data-testid="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {code && (
        <pre class="code">
          <code>{code}</code>
        </pre>
      )}
    </div>
  );
}
