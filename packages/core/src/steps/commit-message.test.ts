import { describe, expect, test } from "vitest";
import { type CommitMessage, composeCommitMessage } from "./commit-message.js";

function compose(given: Partial<CommitMessage> = {}): string {
  return composeCommitMessage({
    summary: "Add a parser for dates. It knows ISO 8601.",
    isFinished: true,
    taskId: "task_a",
    stepKey: "builder#2",
    agents: [{ agentId: "agent_1", costUsd: 0.25 }],
    withTrailers: true,
    rehearsal: false,
    ...given,
  });
}

const subject = (given: Partial<CommitMessage>) => compose({ withTrailers: false, ...given }).split("\n")[0];

describe("the message of a step's commit", () => {
  test("is what was done, the rest of it, and where it comes from", () => {
    expect(compose()).toBe(
      [
        "Add a parser for dates",
        "",
        "Add a parser for dates. It knows ISO 8601.",
        "",
        "Orchestrator-Task: task_a",
        "Orchestrator-Step: builder#2",
        "Orchestrator-Agent: agent_1",
        "Orchestrator-Cost: 0.2500 USD",
      ].join("\n"),
    );
  });

  test("says nothing twice", () => {
    expect(compose({ summary: "Add a parser.", withTrailers: false })).toBe("Add a parser");
    expect(compose({ summary: " Add a parser \n", withTrailers: false })).toBe("Add a parser");
  });

  test("has a subject of at most 72 characters", () => {
    const long = `Add ${"very ".repeat(30)}much`;
    expect(subject({ summary: long })).toHaveLength(72);
    expect(subject({ summary: long })).toMatch(/…$/);
    expect(compose({ summary: long, withTrailers: false })).toContain(`\n\n${long}`);
  });

  test.each([
    ["Mend it\nand more", "Mend it"],
    ["Mend a.b in v1.2 for good", "Mend a.b in v1.2 for good"],
    ["Done! Nothing else.", "Done!"],
    ["", "Work of builder#2"],
    ["  \n ", "Work of builder#2"],
  ])("has the first sentence or line as its subject: %j", (summary, expected) => {
    expect(subject({ summary })).toBe(expected);
  });

  test("says that work was not finished", () => {
    expect(compose({ summary: "", isFinished: false, withTrailers: false })).toBe("Unfinished work of builder#2");
  });

  test("may go without trailers", () => {
    expect(compose({ withTrailers: false })).not.toContain("Orchestrator-");
  });
});

describe("its trailers", () => {
  const trailers = (agents: CommitMessage["agents"], rehearsal = false) =>
    compose({ agents, rehearsal })
      .split("\n")
      .filter((line) => /^Orchestrator-(Agent|Cost)/.test(line));

  test("name every agent, and the sum of what is known", () => {
    expect(
      trailers([
        { agentId: "agent_1", costUsd: 0.25 },
        { agentId: "agent_2", costUsd: null },
        { agentId: "agent_3", costUsd: 0.5 },
      ]),
    ).toEqual([
      "Orchestrator-Agent: agent_1",
      "Orchestrator-Agent: agent_2",
      "Orchestrator-Agent: agent_3",
      "Orchestrator-Cost: 0.7500 USD",
    ]);
  });

  test("have no cost where none is known", () => {
    expect(trailers([{ agentId: "agent_1", costUsd: null }])).toEqual(["Orchestrator-Agent: agent_1"]);
    expect(trailers([])).toEqual([]);
  });

  test("say that a rehearsal's cost is one", () => {
    expect(trailers([{ agentId: "agent_1", costUsd: 0 }], true)).toEqual([
      "Orchestrator-Agent: agent_1",
      "Orchestrator-Cost: 0.0000 USD (rehearsal)",
    ]);
  });
});
