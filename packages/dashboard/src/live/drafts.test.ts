import { describe, expect, test } from "vitest";
import type { OrchestratorEvent } from "../api/types.ts";
import { addPieces, type DraftPiece, type Drafts, endDrafts } from "./drafts.ts";

const piece = (offset: number, text: string, block = 0, agentId = "agent_a"): DraftPiece => ({
  agentId,
  taskId: null,
  kind: "text",
  block,
  offset,
  text,
});
const add = (...pieces: DraftPiece[]) => addPieces(new Map(), pieces);
const textOf = (drafts: Drafts, agentId = "agent_a") => drafts.get(agentId)?.text;
const event = (type: string, agentId: string | null = "agent_a"): OrchestratorEvent => ({
  seq: 1,
  time: "2026-06-01T00:00:00.000Z",
  type,
  taskId: null,
  stepKey: null,
  agentId,
  data: {},
});

describe("what an agent is writing", () => {
  test("grows piece by piece, each agent's by itself", () => {
    const drafts = add(piece(0, "One"), piece(0, "Other", 0, "agent_b"), piece(3, " two"));
    expect([textOf(drafts), textOf(drafts, "agent_b")]).toEqual(["One two", "Other"]);
  });

  test("begins anew with another block", () => {
    expect(textOf(add(piece(0, "One"), piece(0, "Two", 1)))).toBe("Two");
  });

  test.each([
    ["a gap before it", piece(9, "late")],
    ["another block", piece(3, " two", 1)],
    ["nothing known", piece(3, " two", 0, "agent_c")],
  ])("leaves out a piece with %s", (_, odd) => {
    const drafts = add(piece(0, "One"), odd);
    expect([...drafts.values()].map(({ text }) => text)).toEqual(["One"]);
  });

  test("is gone with the finished block, and stays with anything else", () => {
    const drafts = add(piece(0, "One"));
    expect(endDrafts(drafts, [event("agent.checked"), event("agent.output", "agent_b")])).toBe(drafts);
    expect(endDrafts(drafts, [event("agent.output")]).size).toBe(0);
  });
});
