import { array, asyncProperty, assert as check, constantFrom, integer, nat, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepStatus } from "../domain/index.js";
import { type GraphRun, runGraph } from "./graph-runner.js";

type Ending = "succeeded" | "failed" | "cancelled" | Error;
interface Step {
  stepKey: string;
  dependsOn: string[];
  status: StepStatus;
}

function stepsOf(edges: Readonly<Record<string, string[]>>, statuses: Readonly<Record<string, StepStatus>> = {}) {
  return Object.entries(edges).map(
    ([stepKey, dependsOn]): Step => ({ stepKey, dependsOn, status: statuses[stepKey] ?? "pending" }),
  );
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Runs a graph whose steps end only when the test says so. */
async function drive(steps: Step[]) {
  const story: string[] = [];
  const ends = new Map<string, (ending: Ending) => void>();
  const controller = new AbortController();
  const graph: GraphRun<Step> = {
    steps,
    signal: controller.signal,
    run: ({ stepKey }) => {
      story.push(`run ${stepKey}`);
      return new Promise((resolve, reject) =>
        ends.set(stepKey, (ending) =>
          ending instanceof Error ? reject(ending) : resolve({ status: ending, added: [] }),
        ),
      );
    },
    skip: async ({ stepKey }, reason) => {
      story.push(`skip ${stepKey}: ${reason}`);
    },
    cancel: async ({ stepKey }) => {
      story.push(`cancel ${stepKey}`);
    },
    prepare: ({ stepKey }) => {
      story.push(`prepare ${stepKey}`);
    },
  };
  const done = runGraph(graph);
  done.catch(() => {});
  const end = async (stepKey: string, ending: Ending = "succeeded") => {
    ends.get(stepKey)?.(ending);
    await turn();
  };
  const told = () => story.splice(0);
  await turn();
  return { done, end, told, abort: () => controller.abort() };
}

describe("a graph of steps", () => {
  test("runs a chain in order, and prepares the next step once while the one before runs", async () => {
    const { done, end, told } = await drive(stepsOf({ a: [], b: ["a"], c: ["b"] }));
    expect(told()).toEqual(["run a", "prepare b"]);
    await end("a");
    expect(told()).toEqual(["run b", "prepare c"]);
    await end("b");
    expect(told()).toEqual(["run c"]);
    await end("c");
    await done;
    expect(told()).toEqual([]);
  });

  test("runs what does not depend on each other at the same time", async () => {
    const { done, end, told } = await drive(stepsOf({ a: [], b: [], join: ["a", "b"] }));
    expect(told()).toEqual(["run a", "run b", "prepare join"]);
    await end("b");
    expect(told()).toEqual([]);
    await end("a");
    expect(told()).toEqual(["run join"]);
    await end("join");
    await done;
  });

  test("skips everything behind a failed step, with the reason of each", async () => {
    const { done, end, told } = await drive(stepsOf({ a: [], b: ["a"], c: ["b"] }));
    told();
    await end("a", "failed");
    await done;
    expect(told()).toEqual(['skip b: it depends on "a", which failed', 'skip c: it depends on "b", which was skipped']);
  });

  test("leaves independent branches running when a step fails", async () => {
    const { done, end, told } = await drive(stepsOf({ bad: [], doomed: ["bad"], good: [], better: ["good"] }));
    told();
    await end("bad", "failed");
    expect(told()).toEqual(['skip doomed: it depends on "bad", which failed']);
    await end("good");
    expect(told()).toEqual(["run better"]);
    await end("better");
    await done;
  });

  test("does not run again what has ended before", async () => {
    const { done, end, told } = await drive(
      stepsOf({ a: [], b: ["a"], x: [], y: ["x"] }, { a: "succeeded", x: "failed", y: "pending" }),
    );
    await turn();
    expect(told()).toEqual(['skip y: it depends on "x", which failed', "run b"]);
    await end("b");
    await done;
  });

  test("is done at once when there is nothing to do", async () => {
    await expect((await drive([])).done).resolves.toBeUndefined();
    await expect((await drive(stepsOf({ a: [] }, { a: "succeeded" }))).done).resolves.toBeUndefined();
  });
});

describe("an aborted run", () => {
  test("waits for what runs, then cancels what was still to come", async () => {
    const { done, end, told, abort } = await drive(stepsOf({ a: [], b: ["a"], c: ["b"] }));
    told();
    abort();
    await turn();
    expect(told()).toEqual([]);
    await end("a", "cancelled");
    await done;
    expect(told()).toEqual(["cancel b", "cancel c"]);
  });

  test("starts nothing more, even when what it depends on succeeded after all", async () => {
    const { done, end, told, abort } = await drive(stepsOf({ a: [], b: ["a"] }));
    told();
    abort();
    await end("a", "succeeded");
    await done;
    expect(told()).toEqual(["cancel b"]);
  });
});

describe("a step that throws", () => {
  test("stops everything: nothing more starts, and the error comes after the rest has ended", async () => {
    const { done, end, told } = await drive(stepsOf({ a: [], b: [], c: ["b"], d: ["a"] }));
    told();
    const trouble = new Error("the database is gone");
    let isSettled = false;
    const outcome = done
      .catch((error: unknown) => error)
      .finally(() => {
        isSettled = true;
      });
    await end("a", trouble);
    expect(isSettled).toBe(false);
    await end("b");
    expect(await outcome).toBe(trouble);
    expect(told()).toEqual([]);
  });

  test("of several, the first is reported", async () => {
    const { done, end } = await drive(stepsOf({ a: [], b: [] }));
    await end("a", new Error("first"));
    await end("b", new Error("second"));
    await expect(done).rejects.toThrow("first");
  });

  test("while skipping is reported, too", async () => {
    const work = runGraph({
      steps: stepsOf({ a: [], b: ["a"] }, { a: "failed" }),
      signal: new AbortController().signal,
      run: async () => ({ status: "succeeded", added: [] }),
      skip: async () => {
        throw new Error("no disk");
      },
      cancel: async () => {},
      prepare: () => {},
    });
    await expect(work).rejects.toThrow("no disk");
  });
});

const graphs = integer({ min: 1, max: 15 }).chain((size) =>
  tuple(
    array(tuple(nat(size - 1), nat(size - 1)), { maxLength: size * 2 }),
    array(constantFrom("succeeded", "succeeded", "succeeded", "failed", "cancelled"), {
      minLength: size,
      maxLength: size,
    }),
    array(nat(3), { minLength: size, maxLength: size }),
  ),
);

test("steps that a step adds run like the others, and are waited for", async () => {
  const story: string[] = [];
  await runGraph<Step>({
    steps: stepsOf({ plan: [], after: ["plan"] }),
    signal: new AbortController().signal,
    run: async ({ stepKey }) => {
      story.push(stepKey);
      const added = stepKey === "plan" ? stepsOf({ left: ["plan"], right: ["plan"], last: ["left", "right"] }) : [];
      return { status: stepKey === "left" ? "failed" : "succeeded", added };
    },
    skip: async ({ stepKey }) => {
      story.push(`skip ${stepKey}`);
    },
    cancel: async () => {},
    prepare: () => {},
  });
  expect(story[0]).toBe("plan");
  expect([...story].sort()).toEqual(["after", "left", "plan", "right", "skip last"]);
});

test("whatever the graph and whatever fails, each step ends once and none before what it depends on", async () => {
  await check(
    asyncProperty(graphs, async ([pairs, endings, delays]) => {
      const steps = endings.map((_, at): Step => ({ stepKey: `s${at}`, dependsOn: [], status: "pending" }));
      for (const [a, b] of pairs) if (a !== b) steps[Math.max(a, b)]?.dependsOn.push(`s${Math.min(a, b)}`);
      const ended: [key: string, how: string][] = [];
      const has = (key: string, how?: string) => ended.some((each) => each[0] === key && (!how || each[1] === how));
      await runGraph({
        steps,
        signal: new AbortController().signal,
        run: async (step) => {
          expect(step.dependsOn.every((key) => has(key, "succeeded"))).toBe(true);
          const at = steps.indexOf(step);
          for (let left = delays[at] ?? 0; left > 0; left -= 1) await Promise.resolve();
          const ending = (endings[at] ?? "failed") as "succeeded" | "failed" | "cancelled";
          ended.push([step.stepKey, ending]);
          return { status: ending, added: [] };
        },
        skip: async (step) => {
          expect(step.dependsOn.some((key) => has(key) && !has(key, "succeeded"))).toBe(true);
          ended.push([step.stepKey, "skipped"]);
        },
        cancel: async (step) => {
          ended.push([step.stepKey, "left over"]);
        },
        prepare: () => {},
      });
      expect(ended.map(([key]) => key).sort()).toEqual(steps.map((step) => step.stepKey).sort());
      expect(ended.filter(([, how]) => how === "left over")).toEqual([]);
    }),
    { seed: 1 },
  );
});
