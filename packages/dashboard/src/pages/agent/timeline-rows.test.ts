import { describe, expect, it } from "vitest";
import type { OrchestratorEvent } from "../../api/types.ts";
import { buildRows, DEFAULT_KINDS, isWanted, readKinds, typesOf } from "./timeline-rows.ts";

let seq = 0;
function event(type: string, data: Record<string, unknown> = {}): OrchestratorEvent {
  seq += 1;
  return { seq, time: "2026-11-23T12:00:00.000Z", type, taskId: null, stepKey: null, agentId: "a1", data };
}

describe("rows of a timeline", () => {
  it("are one for each event, in order", () => {
    const rows = buildRows([event("agent.prompted"), event("agent.thinking"), event("agent.output")]);
    expect(rows.map((row) => row.kind)).toEqual(["messages", "thinking", "text"]);
    expect(new Set(rows.map((row) => row.key)).size).toBe(3);
  });

  it("are one for a tool call and its result, also when others come between them", () => {
    const [first, other] = [{ toolUseId: "one" }, { toolUseId: "two" }];
    const rows = buildRows([
      event("tool.started", first),
      event("tool.started", other),
      event("tool.ended", other),
      event("tool.ended", first),
    ]);
    expect(rows.map((row) => [row.key, row.end?.data.toolUseId])).toEqual([
      ["tool one", "one"],
      ["tool two", "two"],
    ]);
  });

  it("show a result whose call is not held, under the name that the call will have", () => {
    const [row] = buildRows([event("tool.ended", { toolUseId: "one" })]);
    expect([row?.key, row?.end?.type]).toEqual(["tool one", "tool.ended"]);
  });

  it("leave out what nobody needs to read", () => {
    const silent = [
      event("agent.checked", { finding: null, action: "none" }),
      event("permission.decided", { decision: "allow" }),
      event("agent.context_measured"),
      event("something.unknown"),
    ];
    expect(buildRows(silent)).toEqual([]);
    expect(buildRows([event("agent.checked", { finding: "looping", action: "nudged" })])).toHaveLength(1);
    expect(buildRows([event("permission.decided", { decision: "deny" })])).toHaveLength(1);
  });
});

describe("filters", () => {
  it("come from the address, and are the usual ones where it names none", () => {
    expect(readKinds(undefined)).toEqual(DEFAULT_KINDS);
    expect(readKinds("tools,nonsense,text")).toEqual(["text", "tools"]);
  });

  it("find words in whatever an event carries", () => {
    const types = new Set(typesOf(["text"]));
    expect(isWanted(event("agent.output", { text: "The Limits are kept." }), types, "limits")).toBe(true);
    expect(isWanted(event("agent.output", { text: "Nothing." }), types, "limits")).toBe(false);
    expect(isWanted(event("agent.thinking", { text: "limits" }), types, "limits")).toBe(false);
  });
});
