import { describe, expect, it } from "vitest";
import { createPulse, describeActivity, describeDraft, PULSE_SECONDS } from "./activity.ts";

describe("what an agent does", () => {
  it("is the last line that it said", () => {
    expect(describeActivity({ type: "agent.output", data: { text: "First.\nThen this.\n" } })).toBe("Then this.");
  });

  it("is what it is writing, where it has come to", () => {
    expect(describeDraft({ kind: "text", text: "First.\nThen th" })).toBe("writes: Then th");
    expect(describeDraft({ kind: "thinking", text: "Where" })).toBe("thinks: Where");
  });

  it("is the call that it makes", () => {
    expect(describeActivity({ type: "tool.started", data: { name: "Bash", input: "npm test" } })).toBe(
      "Bash: npm test",
    );
  });

  it("stays what it was when an event says nothing about it", () => {
    expect(describeActivity({ type: "model_call.ended", data: {} })).toBeNull();
    expect(describeActivity({ type: "tool.ended", data: { name: "Bash", isError: false, excerpt: "" } })).toBeNull();
  });

  it("tells of refusals and of further tries", () => {
    const refusal = { name: "Bash", decision: "deny", reason: "It writes." };
    expect(describeActivity({ type: "permission.decided", data: refusal })).toBe("was refused Bash: It writes.");
    const retry = { attempt: 1, maxRetries: 3, error: "overloaded" };
    expect(describeActivity({ type: "model_call.retried", data: retry })).toContain("1 of 3");
  });
});

describe("the pulse", () => {
  const NOW_MS = 1_000_000_500;

  it("counts by whole seconds, the newest last", () => {
    const pulse = createPulse();
    pulse.add("one", NOW_MS - 1_000);
    pulse.add("one", NOW_MS - 1_001);
    pulse.add("one", NOW_MS - 2_000);
    const [row] = pulse.read(NOW_MS);
    expect(row?.counts.slice(-3)).toEqual([0, 1, 2]);
    expect(row?.counts).toHaveLength(PULSE_SECONDS);
  });

  it("leaves out the second that still runs", () => {
    const pulse = createPulse();
    pulse.add("one", NOW_MS);
    expect(pulse.read(NOW_MS)).toEqual([]);
  });

  it("names the busiest first, and forgets what is old", () => {
    const pulse = createPulse();
    pulse.add("old", NOW_MS - 90_000);
    pulse.add("quiet", NOW_MS - 1_000);
    for (let count = 0; count < 3; count += 1) pulse.add("busy", NOW_MS - 2_000);
    expect(pulse.read(NOW_MS).map((row) => row.agentId)).toEqual(["busy", "quiet"]);
  });
});
