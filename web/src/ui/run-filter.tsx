import { runFilter, runFilterError, setRunFilter } from "../state/run-filter.ts";
import { SearchField } from "./search-field.tsx";

const HELP = "Words, /a pattern/, or an expression:\nstatus = running and config.lr < 0.01\nsummary.eval/loss.min < 0.3 or tags = best";

/** The one filter of all lists of runs; what is wrong with it stands below. */
export function RunFilter({ testid }: { testid: string }) {
  const error = runFilterError.value;
  return (
    <div class="run-filter">
      <SearchField
        value={runFilter.value}
        label="Filter runs"
        placeholder="Words, /regex/ or a < b"
        testid={testid}
        title={HELP}
        error={error}
        onInput={setRunFilter}
      />
      {error && (
        <p class="field-error" role="status" data-testid="filter-error">
          {error.replace(/^filter: /, "")}
        </p>
      )}
    </div>
  );
}
