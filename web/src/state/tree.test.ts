import { expect, it } from "vitest";
import { leavesOf, treeOf } from "./tree.ts";
import type { Node } from "./tree.ts";

const paths = (nodes: readonly Node[]): string[] => nodes.flatMap((node) => (node.children ? paths(node.children) : [node.path]));

it("keeps the nesting of a configuration, but for lists of plain values", () => {
  const nodes = treeOf({ lr: 1, model: { depth: 2, mix: [1, 2] }, blocks: [{ width: 3 }], empty: {} });
  expect(paths(nodes)).toEqual(["lr", "model.depth", "model.mix", "blocks.0.width", "empty"]);
  expect(nodes.find((node) => node.key === "model")?.children?.at(-1)?.value).toEqual([1, 2]);
  expect(leavesOf(nodes)).toBe(5);
});

it("leaves what a search finds, by key or by value", () => {
  const config = { model: { depth: 2, name: "vit" }, optimizer: { name: "sgd" } };
  expect(paths(treeOf(config, (text) => text.includes("vit")))).toEqual(["model.name"]);
  expect(paths(treeOf(config, (text) => text.includes("model.")))).toEqual(["model.depth", "model.name"]);
  expect(treeOf(config, () => false)).toEqual([]);
});
