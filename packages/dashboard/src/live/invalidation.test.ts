import { describe, expect, it } from "vitest";
import { createThrottle, staleKeys } from "./invalidation.ts";

const of = (type: string) => staleKeys({ type, taskId: "t1", agentId: "a1" });

describe("what an event makes stale", () => {
  it("is nothing for the text of an agent, which goes to the page by itself", () => {
    expect([...of("agent.output"), ...of("agent.thinking")]).toEqual([]);
  });

  it("is a task and all that lists it, for what happens to the task", () => {
    expect(of("task.ended")).toEqual(["fleet", "tasks", "agents", "task t1", "timing t1", "agent a1"]);
  });

  it("is what shows costs, for a model call that ended", () => {
    expect(of("model_call.ended")).toEqual(expect.arrayContaining(["fleet", "costs", "task t1", "agent a1"]));
  });

  it("is whatever lists a task, and not the task itself, once it is removed", () => {
    expect(of("task.removed")).toEqual(["fleet", "tasks", "agents", "costs"]);
  });

  it("is no task where the event is of none", () => {
    expect(staleKeys({ type: "fleet.held", taskId: null, agentId: null })).toEqual(["fleet"]);
  });
});

describe("the throttle", () => {
  function stage() {
    const passed: string[][] = [];
    const waiting: (() => void)[] = [];
    const mark = createThrottle(
      (keys) => passed.push(keys),
      (call) => waiting.push(call),
      1_000,
    );
    return { passed, mark, pass: () => waiting.shift()?.(), waiting };
  }

  it("passes the first on at once, and the others together when its time has come", () => {
    const { passed, mark, pass } = stage();
    mark(["fleet"]);
    mark(["fleet", "tasks"]);
    mark(["tasks"]);
    expect(passed).toEqual([["fleet"]]);
    pass();
    expect(passed).toEqual([["fleet"], ["fleet", "tasks"]]);
  });

  it("comes to rest when nothing more was marked", () => {
    const { passed, mark, pass, waiting } = stage();
    mark(["fleet"]);
    pass();
    expect(waiting).toEqual([]);
    mark(["tasks"]);
    expect(passed).toEqual([["fleet"], ["tasks"]]);
  });

  it("does nothing for nothing", () => {
    const { passed, mark } = stage();
    mark([]);
    expect(passed).toEqual([]);
  });
});
