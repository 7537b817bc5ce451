import { expect, test } from "vitest";
import { othersOf, partsOf, pretty, saidIn, toolNames } from "./messages.ts";

const image = { _type: "trackio.image", id: "a", state: "ready" };

test("content is text or a list of parts of any make", () => {
  expect(partsOf("hello")).toEqual([{ kind: "text", text: "hello" }]);
  expect(partsOf(null)).toEqual([]);
  expect(partsOf(["a", { type: "text", text: "b" }, { type: "image", image }, image, 7, { type: "odd" }])).toEqual([
    { kind: "text", text: "a" },
    { kind: "text", text: "b" },
    { kind: "media", media: image },
    { kind: "media", media: image },
    { kind: "data", value: 7 },
    { kind: "data", value: { type: "odd" } },
  ]);
  expect(partsOf([{ type: "thinking", thinking: "hm" }, { type: "tool_result", content: [{ type: "text", text: "42" }] }])).toEqual([
    { kind: "thought", text: "hm" },
    { kind: "text", text: "42" },
  ]);
});

test("only pictures inside the text are shown, no other address is asked", () => {
  const inside = "data:image/png;base64,AAAA";
  expect(partsOf([{ type: "image_url", image_url: { url: inside } }])).toEqual([{ kind: "picture", url: inside }]);
  for (const url of ["https://example.org/a.png", "data:image/svg+xml;base64,AAAA", "javascript:alert(1)"]) {
    expect(partsOf([{ type: "image_url", image_url: { url } }])[0]?.kind).toBe("data");
  }
});

test("tool calls of both makes are told alike, and answers know their name", () => {
  const asked = { role: "assistant", content: null, tool_calls: [{ id: "1", type: "function", function: { name: "add", arguments: '{"a":1}' } }] };
  const other = { role: "assistant", content: [{ type: "tool_use", id: "2", name: "mul", input: { b: 2 } }] };
  expect(saidIn(asked)).toEqual([{ kind: "call", call: { id: "1", name: "add", input: '{\n  "a": 1\n}' } }]);
  expect(saidIn(other)).toEqual([{ kind: "call", call: { id: "2", name: "mul", input: '{\n  "b": 2\n}' } }]);
  expect([...toolNames([asked, other])]).toEqual([["1", "add"], ["2", "mul"]]);
});

test("a thought comes before what was said", () => {
  expect(saidIn({ role: "assistant", content: "b", reasoning_content: "a" }).map((part) => part.kind)).toEqual(["thought", "text"]);
});

test("whatever else a message holds is not lost", () => {
  expect(othersOf({ role: "user", content: "a", tokens: 5, empty: null })).toEqual([["tokens", 5]]);
});

test("JSON is spread over lines, text that only looks like it stays", () => {
  expect(pretty('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(pretty("{a}")).toBe("{a}");
  expect(pretty("12")).toBe("12");
  expect(pretty({ a: 1 })).toBe('{\n  "a": 1\n}');
});
