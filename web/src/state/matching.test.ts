// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { afterEach, expect, it, vi } from "vitest";
import type { Pattern } from "./pattern.ts";

type Ask = (pattern: Pattern, texts: readonly string[]) => Promise<[string, string][]>;
const slowHits = vi.fn<Ask>();
vi.mock("./slow-match.ts", () => ({ slowHits: (...asked: Parameters<Ask>) => slowHits(...asked) }));
const { matching } = await import("./matching.ts");

const pattern = (source: string): Pattern => ({ source, flags: "" });
afterEach(() => slowHits.mockReset());

it("tells at once of what repeats nothing, and of what is wrong", () => {
  const sought = signal<Pattern | null>(pattern("a|b"));
  const found = matching(sought, signal(["a", "x"]));
  expect([...found.value.hits!.keys()]).toEqual(["a"]);
  sought.value = pattern("a(");
  expect(found.value.fault).toMatch(/group/i);
  sought.value = null;
  expect(found.value).toEqual({ hits: null, fault: null, pending: false });
  expect(slowHits).not.toHaveBeenCalled();
});

it("asks elsewhere what may take long, and the last answer holds until the next", async () => {
  const answers: ((hits: [string, string][]) => void)[] = [];
  slowHits.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  const sought = signal<Pattern | null>(pattern("a+"));
  const found = matching(sought, signal(["a", "b"]));
  expect(found.value.pending).toBe(true);
  await vi.waitUntil(() => answers.length === 1);
  answers[0]!([["a", ""]]);
  await vi.waitUntil(() => found.value.hits);
  sought.value = pattern("b+");
  expect([...found.value.hits!.keys()]).toEqual(["a"]);
  await vi.waitUntil(() => answers.length === 2);
  sought.value = pattern("ab*");
  answers[1]!([["b", ""]]);
  await vi.waitUntil(() => answers.length === 3);
  answers[2]!([["a", ""], ["b", ""]]);
  await vi.waitUntil(() => found.value.hits?.size === 2);
});

it("says that a pattern takes too long", async () => {
  slowHits.mockRejectedValue(new Error("takes too long"));
  const found = matching(signal(pattern("(a+)+$")), signal(["a"]));
  await vi.waitUntil(() => found.value.fault);
  expect(found.value).toEqual({ hits: null, fault: "takes too long", pending: false });
});
