import { useState } from "preact/hooks";
import { leavesOf, treeOf } from "../state/tree.ts";
import type { Node } from "../state/tree.ts";
import { CopyButton } from "./copy-button.tsx";
import { exactText } from "./format.ts";
import { SearchField } from "./search-field.tsx";

const SEARCH_FROM = 8;

function Branch({ node, open }: { node: Node; open: boolean }) {
  if (node.children === null) {
    return (
      <div class="tree-leaf" data-key={node.path}>
        <span class="tree-key" title={node.path}>
          <bdi>{node.key}</bdi>
        </span>
        <span class="tree-value">
          <bdi>{node.value === null ? "null" : exactText(node.value)}</bdi>
        </span>
        <CopyButton label={`Copy the value of ${node.path}`} text={() => exactText(node.value)} />
      </div>
    );
  }
  return (
    <details open={open} class="tree-branch">
      <summary title={node.path}>
        <bdi>{node.key}</bdi> <span class="faint">{leavesOf(node.children)}</span>
      </summary>
      <div class="tree-inside">
        {node.children.map((each) => (
          <Branch key={each.path} node={each} open={open} />
        ))}
      </div>
    </details>
  );
}

/** A configuration as it was given: nested keys fold away, every value can be copied. */
export function ConfigTree({ config }: { config: Record<string, unknown> }) {
  const [search, setSearch] = useState("");
  const all = leavesOf(treeOf(config));
  const nodes = treeOf(config, (text) => text.includes(search.toLowerCase()));
  return (
    <section class="card" data-testid="run-config">
      <header class="card-head">
        <h2 class="card-title">
          Configuration <span class="count">{all}</span>
        </h2>
        {all > 0 && <CopyButton label="Copy all as JSON" testid="copy-config" text={() => JSON.stringify(config, null, 2)} />}
      </header>
      {all >= SEARCH_FROM && <SearchField value={search} label="Search" placeholder="Search keys and values" testid="config-search" onInput={setSearch} />}
      {all === 0 && <p class="card-note">This run was given none. `trackio.init(config=…)` keeps what it was run with.</p>}
      {all > 0 && nodes.length === 0 && <p class="card-note">No key or value matches.</p>}
      <div class="tree" key={search === "" ? "all" : "found"}>
        {nodes.map((node) => (
          <Branch key={node.path} node={node} open />
        ))}
      </div>
    </section>
  );
}
