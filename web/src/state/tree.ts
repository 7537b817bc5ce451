/** A key of a configuration: with a value, or with keys below it. */
export interface Node {
  key: string;
  /** Keys from the top, joined by dots. */
  path: string;
  value: unknown;
  children: Node[] | null;
}

function isNested(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/** Lists of plain values are read best on one line. */
function isPlainList(value: unknown): boolean {
  return Array.isArray(value) && !value.some(isNested);
}

/** Returns the tree of a configuration; `matches` leaves only values whose path or text passes, and what leads to them. */
export function treeOf(config: unknown, matches: (text: string) => boolean = () => true, prefix = ""): Node[] {
  if (!isNested(config)) return [];
  return Object.entries(config).flatMap(([key, value]): Node[] => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (!isNested(value) || isPlainList(value)) {
      return matches(`${path} ${JSON.stringify(value) ?? ""}`.toLowerCase()) ? [{ key, path, value, children: null }] : [];
    }
    const children = treeOf(value, matches, path);
    return children.length > 0 ? [{ key, path, value, children }] : [];
  });
}

export function leavesOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + (node.children ? leavesOf(node.children) : 1), 0);
}
