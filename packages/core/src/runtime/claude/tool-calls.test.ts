import { beforeEach, describe, expect, test } from "vitest";
import type { RuntimeEvent } from "../runtime.js";
import { ToolCalls } from "./tool-calls.js";

let events: RuntimeEvent[];
let calls: ToolCalls;

beforeEach(() => {
  events = [];
  calls = new ToolCalls((event) => events.push(event));
});

const result = (content: unknown, given: { id?: string; isError?: boolean } = {}) => ({
  type: "tool_result",
  tool_use_id: given.id ?? "t1",
  content,
  is_error: given.isError ?? false,
});
const types = () => events.map((event) => event.type);

describe("a tool call", () => {
  test("is reported once, whether the hook or the message speaks of it first", () => {
    calls.started("t1", "Read", { file_path: "a.ts" });
    calls.started("t1", "Read", { file_path: "a.ts" });
    expect(events).toEqual([{ type: "tool.start", toolUseId: "t1", tool: "Read", input: { file_path: "a.ts" } }]);
  });

  test("ends once, with its result", () => {
    calls.started("t1", "Bash", { command: "ls" });
    calls.ended(result("a.ts\n"), undefined);
    calls.ended(result("a.ts\n"), undefined);
    expect(types()).toEqual(["tool.start", "tool.end"]);
    expect(events[1]).toMatchObject({ tool: "Bash", isError: false, result: "a.ts\n", filesRead: [] });
  });

  test("may have the id of an earlier one that has ended", () => {
    for (const tool of ["Read", "Bash"]) {
      calls.started("t1", tool, {});
      calls.ended(result("ok"), undefined);
    }
    expect(events.map((event) => ("tool" in event ? event.tool : ""))).toEqual(["Read", "Read", "Bash", "Bash"]);
  });

  test("that nobody began does not end", () => {
    calls.ended(result("ok", { id: "unknown" }), undefined);
    calls.ended({ type: "tool_result", content: "ok" }, undefined);
    expect(events).toEqual([]);
  });

  test.each([
    ["text", "text"],
    [[{ type: "text", text: "one" }, { type: "image" }, { type: "text", text: "two" }], "one\n[image]\ntwo"],
    [undefined, ""],
    [{ odd: 1 }, '{"odd":1}'],
  ])("has its result %j as the text %j", (content, text) => {
    calls.started("t1", "Bash", {});
    calls.ended(result(content), undefined);
    expect(events[1]).toMatchObject({ result: text });
  });
});

describe("files that were read", () => {
  test.each([
    ["Read", { file: { filePath: "/w/a.ts" } }, ["/w/a.ts"]],
    ["Grep", { filenames: ["/w/a.ts", "/w/b.ts", 5] }, ["/w/a.ts", "/w/b.ts"]],
    ["Glob", { filenames: ["/w/a.ts"] }, []],
    ["Bash", { file: { filePath: "/w/a.ts" } }, []],
    ["Read", "text", []],
    ["Read", null, []],
    ["Read", { file: { filePath: 5 } }, []],
  ])("by %s with %j are %j", (tool, detail, files) => {
    calls.started("t1", tool, {});
    calls.ended(result("content"), detail);
    expect(events[1]).toMatchObject({ filesRead: files });
  });

  test("are none when the call failed", () => {
    calls.started("t1", "Read", {});
    calls.ended(result("no such file", { isError: true }), { file: { filePath: "/w/a.ts" } });
    expect(events[1]).toMatchObject({ isError: true, filesRead: [] });
  });
});

describe("the structured result", () => {
  test("is no tool call of the agent's", () => {
    calls.started("t1", "StructuredOutput", { summary: "s" });
    calls.ended(result("ok"), undefined);
    expect(events).toEqual([{ type: "handoff.given", accepted: true }]);
  });

  test("that did not fit is remembered until one fits", () => {
    calls.started("t1", "StructuredOutput", {});
    calls.ended(result("/summary is missing", { isError: true }), undefined);
    expect(calls.lastSchemaError).toBe("/summary is missing");
    calls.started("t2", "StructuredOutput", { summary: "s" });
    calls.ended(result("ok", { id: "t2" }), undefined);
    expect(calls.lastSchemaError).toBeNull();
  });
});
