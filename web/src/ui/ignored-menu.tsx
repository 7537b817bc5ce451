import { readOnly } from "../state/read-only.ts";
import { ignored } from "../state/shared.ts";
import { setIgnored } from "../state/views.ts";
import { Icon } from "./icon.tsx";
import { NameForm } from "./name-form.tsx";
import { Popover } from "./popover.tsx";

function Ignored() {
  const keys = ignored.value;
  return (
    <div class="ignored-menu" data-testid="ignored-list">
      <p class="menu-title">Left out for everybody; * stands for anything</p>
      <ul>
        {keys.map((key) => (
          <li key={key} class="ignored-key">
            <bdi class="ellipsis">{key}</bdi>
            {!readOnly && (
              <button
                type="button"
                class="icon-button small"
                aria-label={`Compare ${key} again`}
                title="Compare it again"
                data-testid="compare-again"
                onClick={() => void setIgnored(keys.filter((other) => other !== key), `${key} is compared again`)}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {!readOnly && <NameForm label="A key, or *_dir" initial="" action={() => "Leave out"} onName={(key) => void setIgnored([...keys, key], `${key} is left out`)} />}
    </div>
  );
}

/** Keys that comparisons of this project leave out. */
export function IgnoredMenu() {
  const count = ignored.value.length;
  const face = (
    <>
      Ignored {count > 0 && <span class="count">{count}</span>} <Icon name="down" />
    </>
  );
  return (
    <Popover label={`Ignored${count > 0 ? ` ${count}` : ""}, keys that comparisons leave out`} class="button" testid="ignored-menu" face={face}>
      <Ignored />
    </Popover>
  );
}
