import { Icon } from "./icon.tsx";

interface Props {
  offset: number;
  limit: number;
  total: number;
  onChange(offset: number): void;
}

export function Pager({ offset, limit, total, onChange }: Props) {
  const count = (n: number): string => n.toLocaleString("en-US");
  if (total <= limit) return <p class="pager faint">{total === 1 ? "1 row" : `${count(total)} rows`}</p>;
  return (
    <nav class="pager" aria-label="Pages of rows">
      <button type="button" class="icon-button small" aria-label="Previous rows" disabled={offset === 0} onClick={() => onChange(Math.max(0, offset - limit))}>
        <Icon name="left" />
      </button>
      <span>
        {count(offset + 1)}–{count(Math.min(total, offset + limit))} of {count(total)}
      </span>
      <button type="button" class="icon-button small" aria-label="Next rows" disabled={offset + limit >= total} onClick={() => onChange(offset + limit)}>
        <Icon name="right" />
      </button>
    </nav>
  );
}
