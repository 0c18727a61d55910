import { describe, expect, it } from "vitest";
import { createDrafts, type DraftPiece } from "./drafts.ts";

const piece = (offset: number, text: string, more: Partial<DraftPiece> = {}): DraftPiece => ({
  ...{ agentId: "a1", taskId: null, kind: "text", block: 1, offset, text },
  ...more,
});
const event = (type: string, text = "") => ({ type, agentId: "a1", data: { text } });

describe("what an agent is writing", () => {
  it("grows by what is added", () => {
    const drafts = createDrafts();
    drafts.take(piece(0, "I look"));
    drafts.take(piece(6, " at it."));
    expect(drafts.read("a1")?.text).toBe("I look at it.");
  });

  it("is told anew where what came before has changed", () => {
    const drafts = createDrafts();
    drafts.take(piece(0, "The key is sk-1"));
    drafts.take(piece(0, "The key is [redacted]"));
    expect(drafts.read("a1")?.text).toBe("The key is [redacted]");
  });

  it("does not stand on a beginning that was missed", () => {
    const drafts = createDrafts();
    drafts.take(piece(40, "the end of it"));
    expect(drafts.read("a1")).toBeNull();
  });

  it("is over when the log has it, also for a piece that comes late", () => {
    const drafts = createDrafts();
    drafts.take(piece(0, "I look"));
    drafts.end(event("agent.output", "I look at it."));
    drafts.take(piece(0, "I look at it."));
    expect(drafts.read("a1")).toBeNull();
  });

  it("is another block where a new process of the agent counts from the first again", () => {
    const drafts = createDrafts();
    drafts.take(piece(0, "I look"));
    drafts.end(event("agent.output", "I look at it."));
    drafts.take(piece(0, "Something else"));
    drafts.take(piece(14, "."));
    expect(drafts.read("a1")?.text).toBe("Something else.");
  });

  it("outlives the event of the block before, which may come after its beginning", () => {
    const drafts = createDrafts();
    drafts.take(piece(0, "Where is it?", { kind: "thinking" }));
    drafts.take(piece(0, "Now", { block: 2 }));
    drafts.end(event("agent.thinking", "Where is it?"));
    drafts.take(piece(3, " I know.", { block: 2 }));
    expect(drafts.read("a1")?.text).toBe("Now I know.");
  });

  it("is hidden when the agent goes on to something else, and comes back if it was only overtaken", () => {
    const drafts = createDrafts();
    drafts.take(piece(0, "Let me"));
    drafts.end(event("tool.started"));
    expect(drafts.read("a1")).toBeNull();
    drafts.take(piece(6, " see."));
    expect(drafts.read("a1")?.text).toBe("Let me see.");
  });

  it("is forgotten with the connection that told of it", () => {
    const drafts = createDrafts();
    drafts.take(piece(0, "Let me"));
    drafts.clear();
    expect(drafts.read("a1")).toBeNull();
  });
});
