import { array, asyncProperty, assert as check, constantFrom, integer, nat, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepStatus } from "../domain/index.js";
import { type GraphRun, runGraph } from "./graph-runner.js";

type Ending = "succeeded" | "failed" | "cancelled" | "waiting" | Grown | Error;
/** Succeeds, and the graph gains steps. */
interface Grown {
  added: Step[];
  continuedBy: string | null;
}
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
    isSuspended: () => false,
    mayStart: async () => {},
    run: ({ stepKey }) => {
      story.push(`run ${stepKey}`);
      return new Promise((resolve, reject) =>
        ends.set(stepKey, (ending) => {
          if (ending instanceof Error) reject(ending);
          else if (typeof ending === "string") resolve({ status: ending, added: [], continuedBy: null });
          else resolve({ status: "succeeded", ...ending });
        }),
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
      isSuspended: () => false,
      mayStart: async () => {},
      run: async () => ({ status: "succeeded", added: [], continuedBy: null }),
      skip: async () => {
        throw new Error("no disk");
      },
      cancel: async () => {},
      prepare: () => {},
    });
    await expect(work).rejects.toThrow("no disk");
  });

  test("while skipping is reported after what runs has ended", async () => {
    let endOther = () => {};
    let hasEnded = false;
    const work = runGraph({
      steps: stepsOf({ bad: [], other: [], behind: ["bad"] }),
      signal: new AbortController().signal,
      isSuspended: () => false,
      mayStart: async () => {},
      run: async ({ stepKey }) => {
        if (stepKey === "bad") return { status: "failed", added: [], continuedBy: null };
        await new Promise<void>((resolve) => {
          endOther = resolve;
        });
        hasEnded = true;
        return { status: "succeeded", added: [], continuedBy: null };
      },
      skip: async () => {
        setImmediate(endOther);
        throw new Error("no disk");
      },
      cancel: async () => {},
      prepare: () => {},
    });
    await expect(work).rejects.toThrow("no disk");
    expect(hasEnded).toBe(true);
  });
});

describe("a step that is continued by another", () => {
  const again = (edges: Readonly<Record<string, string[]>>, continuedBy: string | null): Grown => ({
    added: stepsOf(edges),
    continuedBy,
  });

  test("lets those wait for its continuation that waited for it", async () => {
    const { done, end, told } = await drive(stepsOf({ check: [], reviewer: ["check"] }));
    told();
    await end("check", again({ "builder#2": ["check"], "check#2": ["builder#2"] }, "check#2"));
    expect(told()).toEqual(["run builder#2", "prepare check#2"]);
    await end("builder#2");
    expect(told()).toEqual(["run check#2"]);
    await end("check#2");
    expect(told()).toEqual(["run reviewer"]);
    await end("reviewer");
    await done;
  });

  test("may be continued again and again", async () => {
    const { done, end, told } = await drive(stepsOf({ check: [], reviewer: ["check"] }));
    await end("check", again({ "check#2": ["check"] }, "check#2"));
    await end("check#2", again({ "check#3": ["check#2"] }, "check#3"));
    told();
    await end("check#3");
    expect(told()).toEqual(["run reviewer"]);
    await end("reviewer");
    await done;
  });

  test("takes those along that wait for it when the continuation fails, and says which that was", async () => {
    const { done, end, told } = await drive(stepsOf({ check: [], reviewer: ["check"] }));
    await end("check", again({ "check#2": ["check"] }, "check#2"));
    told();
    await end("check#2", "failed");
    await done;
    expect(told()).toEqual(['skip reviewer: it depends on "check#2", which failed']);
  });

  test("does not hold back what waits for something else as well once all of it is there", async () => {
    const { done, end, told } = await drive(stepsOf({ left: [], right: [], merge: ["left", "right"] }));
    await end("left", again({ "left#2": ["left"] }, "left#2"));
    await end("right");
    expect(told()).not.toContain("run merge");
    await end("left#2");
    expect(told()).toEqual(["run merge"]);
    await end("merge");
    await done;
  });

  test("leaves alone what runs already, and what is added beside the continuation", async () => {
    const { done, end, told } = await drive(stepsOf({ check: [], other: [] }));
    told();
    await end("check", again({ "builder#2": ["check"], "check#2": ["builder#2"], aside: ["check"] }, "check#2"));
    expect(told()).toEqual(["run builder#2", "run aside", "prepare check#2"]);
    for (const key of ["builder#2", "aside", "other", "check#2"]) await end(key);
    await done;
  });

  test("changes nothing in the steps that it was given", async () => {
    const steps = stepsOf({ check: [], reviewer: ["check"] });
    const { done, end } = await drive(steps);
    await end("check", again({ "check#2": ["check"] }, "check#2"));
    for (const key of ["check#2", "reviewer"]) await end(key);
    await done;
    expect(steps.map((step) => step.dependsOn)).toEqual([[], ["check"]]);
  });

  test("has what waits for it cancelled with its continuation", async () => {
    const { done, end, told, abort } = await drive(stepsOf({ check: [], reviewer: ["check"] }));
    await end("check", again({ "check#2": ["check"] }, "check#2"));
    told();
    abort();
    await end("check#2", "cancelled");
    await done;
    expect(told()).toEqual(["cancel reviewer"]);
  });
});

describe("a step that waits for a person", () => {
  test("leaves what depends on it open, neither run nor skipped nor cancelled", async () => {
    const { done, end, told } = await drive(stepsOf({ conflict: [], check: ["conflict"], reviewer: ["check"] }));
    told();
    await end("conflict", "waiting");
    await done;
    expect(told()).toEqual([]);
  });

  test("lets the other branches go on to their end", async () => {
    const { done, end, told } = await drive(
      stepsOf({ conflict: [], check: ["conflict"], other: [], more: ["other"], both: ["more", "check"] }),
    );
    told();
    await end("conflict", "waiting");
    await end("other");
    expect(told()).toEqual(["run more"]);
    await end("more");
    await done;
    expect(told()).toEqual([]);
  });

  test("does not keep what depends on another, failed step from being skipped", async () => {
    const { done, end, told } = await drive(stepsOf({ conflict: [], bad: [], both: ["conflict", "bad"] }));
    told();
    await end("conflict", "waiting");
    await end("bad", "failed");
    await done;
    expect(told()).toEqual(['skip both: it depends on "bad", which failed']);
  });

  test("is run by the next run, with all that depends on it", async () => {
    const { done, end, told } = await drive(
      stepsOf({ merge: [], conflict: ["merge"], check: ["conflict"] }, { merge: "succeeded", conflict: "waiting" }),
    );
    expect(told()).toEqual(["run conflict", "prepare check"]);
    await end("conflict");
    await end("check");
    await done;
  });

  test("is cancelled with what depends on it when the run is aborted meanwhile", async () => {
    const { done, end, told, abort } = await drive(stepsOf({ conflict: [], check: ["conflict"], other: [] }));
    await end("conflict", "waiting");
    told();
    abort();
    await end("other", "cancelled");
    await done;
    expect(told()).toEqual(["cancel conflict", "cancel check"]);
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
    isSuspended: () => false,
    mayStart: async () => {},
    run: async ({ stepKey }) => {
      story.push(stepKey);
      const added = stepKey === "plan" ? stepsOf({ left: ["plan"], right: ["plan"], last: ["left", "right"] }) : [];
      return { status: stepKey === "left" ? "failed" : "succeeded", added, continuedBy: null };
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
        isSuspended: () => false,
        mayStart: async () => {},
        run: async (step) => {
          expect(step.dependsOn.every((key) => has(key, "succeeded"))).toBe(true);
          const at = steps.indexOf(step);
          for (let left = delays[at] ?? 0; left > 0; left -= 1) await Promise.resolve();
          const ending = (endings[at] ?? "failed") as "succeeded" | "failed" | "cancelled";
          ended.push([step.stepKey, ending]);
          return { status: ending, added: [], continuedBy: null };
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
