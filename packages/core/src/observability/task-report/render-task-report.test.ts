import { describe, expect, test } from "vitest";
import type { TaskReportInput } from "./input.js";
import { type Element, findOutside, readMarkup } from "./markup.testsuite.js";
import { renderTaskReport } from "./render-task-report.js";
import {
  at,
  sampleAgent,
  sampleCheck,
  sampleCost,
  sampleEvent,
  sampleInput,
  samplePatch,
  sampleStep,
  sampleTask,
} from "./sample.testsuite.js";

const SECTIONS = ["plan", "timeline", "checks", "handoffs", "files", "diff", "agents", "costs", "troubles"];

function render(own: Partial<TaskReportInput> = {}) {
  const source = renderTaskReport(sampleInput(own));
  const elements = readMarkup(source);
  expect(findOutside(elements)).toEqual([]);
  const textOf = (id: string): string => {
    const element = elements.find((each) => each.attributes.get("id") === id || each.name === id);
    if (!element) throw new Error(`there is no ${id}`);
    return element.text.replace(/\s+/g, " ");
  };
  return { source, elements, textOf };
}

function idsOf(elements: readonly Element[], name: string): string[] {
  return elements.filter((each) => each.name === name).map((each) => each.attributes.get("id") ?? "");
}

const NO_EVENTS = { events: [], read: 0, leftOut: 0, isComplete: true };
const EMPTY: Partial<TaskReportInput> = {
  ...{ steps: [], agents: [], checks: [], workspaces: [], files: { consumed: [], produced: [] } },
  ...{ diff: { changes: [], patch: "", problem: null }, stepDiffs: new Map(), logs: new Map(), events: NO_EVENTS },
  costs: { role: [], model: [] },
};

describe("the report of a completed task with a further round", () => {
  test("has every section, in order, in a document that can be read aloud", () => {
    const { source, elements } = render();
    expect(idsOf(elements, "section")).toEqual(SECTIONS);
    expect(elements.find((each) => each.name === "html")?.attributes.get("lang")).toBe("en");
    for (const name of ["header", "main", "nav", "footer", "title", "h1"])
      expect(
        elements.filter((each) => each.name === name),
        name,
      ).toHaveLength(1);
    const headings = elements.filter((each) => /^h\d$/.test(each.name)).map((each) => Number(each.name[1]));
    for (const [position, level] of headings.entries())
      expect(level - (headings[position - 1] ?? 0), `heading ${position}`).toBeLessThanOrEqual(1);
    const policy = elements.find((each) => each.attributes.get("http-equiv") === "Content-Security-Policy");
    expect(policy?.attributes.get("content")).toContain("default-src 'none'");
    expect(source.length).toBeLessThan(60_000);
  });

  test("says what it has come to, what it took, and how its steps hang together", () => {
    const { textOf } = render();
    expect(textOf("h1")).toBe("Fix the sum of invoices");
    for (const words of [
      "completed: proven by checks",
      "1 min 0 s",
      "$0.0123",
      "1,540 (1,200 input",
      "1 further round",
    ])
      expect(textOf("header")).toContain(words);
    for (const words of ["builder#2", "Roundfurther round 1", "Waits forcheck-builder", "Attempts2", "Duration26 s"])
      expect(textOf("step-3")).toContain(words);
  });

  test("tells waiting and failed attempts from running", () => {
    const { source, textOf } = render();
    expect(textOf("timeline")).toContain("waited 2.0 s, ran 24 s, in 2 attempts");
    for (const kind of ["waiting", "failed", "running"])
      expect(source).toMatch(new RegExp(`<span class="bar ${kind}" style="left:[1-9][0-9.]*%;width:[1-9][0-9.]*%">`));
  });

  test("has the evidence of each check, and the log of the one that failed", () => {
    const { textOf } = render();
    const checks = textOf("checks");
    for (const words of [
      "npm test",
      "exit code 1",
      "exit code 0",
      "1.5 s",
      "4 tests passed, 0 failed, 1 skipped",
      "adds two",
    ])
      expect(checks).toContain(words);
    for (const words of ["ab".repeat(32), "it ended with the exit code 1", "not ok 1 - adds two"])
      expect(checks).toContain(words);
  });

  test("has findings, handovers, files, diffs, agents, costs, retries and where it comes from", () => {
    const { textOf, source } = render();
    for (const words of ["src/sum.js", "12", "minor", "The name says too little."])
      expect(textOf("handoffs")).toContain(words);
    expect(textOf("files")).toContain("src/invoice.js");
    expect(textOf("files")).toContain("+1 \u22121");
    expect(source).toContain("<ins>+export const sum = (a, b) =&gt; a + b;\n</ins>");
    expect(source).toContain("<del>-old\n</del>");
    expect(textOf("diff")).toContain("+half");
    expect(textOf("agents")).toContain("10 %: 20,000 of 200,000");
    expect(textOf("costs")).toContain("claude-sonnet-5-5");
    expect(textOf("troubles")).toContain("attempt 1 failed");
    for (const words of ["task_sample0001", "orchestrator/task_sample0001", "5d0e8cf0", "0.1.0"])
      expect(textOf("footer")).toContain(words);
  });
});

describe("the status is said plainly", () => {
  const error = { code: "check_failed" as const, message: "The work does not pass.", hint: "Read the log." };
  test.each<[string, Partial<TaskReportInput>, string[]]>([
    ["unverified", { task: sampleTask({ status: "unverified" }) }, ["unverified: no check has proven it"]],
    ["failed", { task: sampleTask({ status: "failed", error }) }, ["failed: The work does not pass.", "Read the log."]],
    ["cancelled", { task: sampleTask({ status: "cancelled" }) }, ["cancelled: on request"]],
    [
      "needs_attention",
      {
        task: sampleTask({
          status: "needs_attention",
          endedAt: null,
          attention: { reason: "Two edits contradict.", hint: "Settle them." },
        }),
      },
      ["needs attention: Two edits contradict.", "Settle them.", "not yet"],
    ],
    ["running", { task: sampleTask({ status: "running", endedAt: null }), ownerAlive: true }, ["running:", "so far"]],
    ["left", { task: sampleTask({ status: "running", endedAt: null }) }, ["the process that ran it is gone"]],
    [
      "a review",
      { task: sampleTask({ taskType: "code_review" }), steps: [], checks: [] },
      ["a review changes nothing"],
    ],
    [
      "a rehearsal",
      { task: sampleTask({ rehearsal: true }) },
      ["This was a rehearsal", "nothing was charged ($0.0123 at list price)"],
    ],
    ["unknown cost", { task: sampleTask({ costUsd: null, unpricedCalls: 3 }) }, ["unknown"]],
    ["partly known cost", { task: sampleTask({ unpricedCalls: 1 }) }, ["at least $0.0123 (1 call of unknown price)"]],
  ])("%s", (_, own, expected) => {
    const { textOf } = render(own);
    for (const words of expected) expect(textOf("header")).toContain(words);
  });

  test("a check that is taken as passed is not passed over", () => {
    const known = { outcome: "failed" as const, exitCode: 1, reason: "1 test failed before the task as well" };
    const { textOf } = render({ checks: [sampleCheck("check-builder#2", known)] });
    expect(textOf("header")).toContain("The check test ended with exit code 1, and is taken as passed: 1 test failed");
  });
});

describe("the report of a task", () => {
  test("that has no steps yet says so in every section", () => {
    const { elements, textOf } = render({
      ...EMPTY,
      task: sampleTask({ status: "queued", startedAt: null, endedAt: null, prompt: "" }),
    });
    expect(idsOf(elements, "section")).toEqual(SECTIONS);
    expect(textOf("plan")).toContain("No step is planned yet.");
    expect(textOf("h1")).toBe("A task without a prompt");
    expect(textOf("checks")).toContain("nothing here is proven by one");
  });

  test("that forks another says at which step, and what comes from there", () => {
    const step = sampleStep("builder", { reusedFrom: "task_sample0000", attempt: 0, startedAt: null });
    const census = { planned: 1, ran: 0, succeeded: 1, failed: 0, skipped: 0, cancelled: 0, retried: 0, rounds: 0 };
    const forkOf = { taskId: "task_sample0000", stepKey: "tester" };
    const { textOf } = render({
      ...EMPTY,
      task: sampleTask({ forkOf, census: { ...census, reused: 1 } }),
      steps: [step],
    });
    expect(textOf("plan")).toContain("task_sample0000: it did not run here");
    expect(textOf("plan")).not.toMatch(/none yet|not begun/);
    expect(textOf("footer")).toContain("task_sample0000 at tester");
    expect(textOf("header")).toContain("1 reused");
  });

  test("that runs measures what has not ended until now", () => {
    const step = sampleStep("builder", { status: "running", endedAt: null, startedAt: at(40), handoff: null });
    const task = sampleTask({ status: "running", endedAt: null });
    expect(render({ ...EMPTY, task, steps: [step] }).textOf("timeline")).toContain("ran 1 min 0 s");
  });

  test("that failed shows where to begin looking", () => {
    const cause = {
      code: "check_failed" as const,
      message: "npm test: it ended with exit code 1",
      hint: "See the log.",
    };
    const error = { ...cause, message: `The step "check" failed: ${cause.message}` };
    const digest = {
      stepKey: "check",
      cause,
      agentId: null,
      lastTool: { name: "Bash", input: "npm test" },
      logLine: "Hm.",
    };
    const failed = sampleStep("check", { kind: "check", status: "failed", error: cause, handoff: null });
    const altered = new Map([["ab".repeat(32), { text: "boom", leftOutBytes: 7, state: "altered" as const }]]);
    const check = sampleCheck("check", { outcome: "failed", exitCode: 1, passed: false });
    const task = sampleTask({ status: "failed", error, warnings: ["Mind the gap."] });
    const { textOf } = render({ task, digest, steps: [failed], checks: [check], logs: altered });
    for (const words of ["npm test: it ended", "Bash", "Hm.", "Mind the gap."])
      expect(textOf("troubles")).toContain(words);
    expect(textOf("checks")).toContain("it no longer has the hash that was recorded");
    const gone = render({ steps: [failed], checks: [check], logs: new Map() });
    expect(gone.textOf("checks")).toContain("The log file is not there any more");
  });

  test("whose repository is gone says why there is no diff", () => {
    const diff = { changes: [], patch: "", problem: "The repository /r is not there any more." };
    expect(render({ diff }).textOf("diff")).toContain("The repository /r is not there any more.");
  });

  test("with a circle or a missing step in its graph is written all the same", () => {
    const steps = [sampleStep("a", { dependsOn: ["b", "gone"] }), sampleStep("b", { dependsOn: ["a"] })];
    expect(render({ steps, checks: [] }).textOf("plan")).toContain("gone");
  });
});

describe("whatever others have written", () => {
  const EVIL = `<script src="https://evil.example/x.js"></script><img src=x onerror=alert(1)>"' onclick="alert(1)" style="background:url(https://evil.example)"></title></style></pre></code>--><!-- &amp; \u001b[31m\u001b]8;;https://evil.example\u0007 \u202e \ud800 \u0000 {{x}} javascript:alert(1)`;

  /** The same with every text in it replaced, but for those that have a closed set of values. */
  function poison<T>(value: T, key = ""): T {
    const CLOSED =
      /^(status|kind|taskType|executionMode|outcome|state|type|severity|planMode|complexity|mode|workspaceKind|uncommitted|use|code|cause|verdict|decision|action|finding)$/;
    if (typeof value === "string") return (CLOSED.test(key) || /At$|^time$/.test(key) ? value : `${value}${EVIL}`) as T;
    if (value instanceof Map) return new Map([...value].map(([name, each]) => [poison(name), poison(each)])) as T;
    if (Array.isArray(value)) return value.map((each) => poison(each, key)) as T;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poison(each, name)])) as T;
  }

  test("stays text: nothing of it becomes markup, in any field", () => {
    const error = { code: "check_failed" as const, message: "m", hint: "h" };
    const clean = sampleInput();
    const input = poison({
      ...clean,
      task: sampleTask({
        ...{ status: "failed", error, warnings: ["w"], rationale: "r", followUpOf: "t", afterTaskId: "t" },
        skippedRoles: [{ role: "r", reason: "r" }],
      }),
      digest: { stepKey: "s", cause: error, agentId: "a", lastTool: { name: "n", input: "i" }, logLine: "l" },
    });
    const elements = readMarkup(renderTaskReport(input));
    expect(findOutside(elements)).toEqual([]);
    const names = (all: readonly Element[]) => [...new Set(all.map((each) => each.name))].sort();
    const known = new Set([...names(readMarkup(renderTaskReport(clean))), "details", "summary", "pre"]);
    expect(names(elements).filter((name) => !known.has(name))).toEqual([]);
    const attributes = new Set(elements.flatMap((each) => [...each.attributes.keys()]));
    expect([...attributes].filter((name) => name.startsWith("on"))).toEqual([]);
    expect(elements.find((each) => each.name === "h1")?.text).toContain("<script src=");
  });

  test("keeps odd handovers readable", () => {
    const handoff = {
      ...{ summary: 5, findings: ["none", null, { file: 7 }], nested: { deep: [1] }, empty: [], nothing: null },
      steps: [{ title: "First", detail: "Do it", files: ["a"] }, "plain", 3],
    };
    const { textOf } = render({ steps: [sampleStep("odd", { handoff })], checks: [] });
    for (const words of ["First", "Do it", "plain", '"deep"']) expect(textOf("handoffs")).toContain(words);
  });
});

describe("however much there is", () => {
  test("the report has a limit, and says what it leaves out", () => {
    const huge = "x".repeat(5_000_000);
    const line = "y".repeat(100);
    const big = (path: string) => samplePatch(path, Array<string>(100_000).fill(line));
    const retried = { attempt: 1, maxRetries: 2, delayMs: 1, status: 529, error: huge.slice(0, 1_000) };
    const steps = Array.from({ length: 500 }, (_, index) => sampleStep(`s${index}`, { handoff: { summary: huge } }));
    const changes = Array.from({ length: 5_000 }, (_, index) => ({
      ...{ path: `f${index}`, kind: "created" as const, previousPath: null, linesAdded: 1, linesRemoved: 0 },
    }));
    const checks = Array.from({ length: 400 }, (_, index) =>
      sampleCheck(`s${index}`, {
        passed: false,
        outcome: "failed",
        failedTests: Array<string>(2_000).fill("t"),
        reason: huge,
      }),
    );
    const startMs = performance.now();
    const { source, textOf } = render({
      task: sampleTask({ prompt: huge, output: huge, warnings: Array<string>(5_000).fill("w") }),
      steps,
      checks,
      agents: Array.from({ length: 1_000 }, (_, index) => sampleAgent(`s${index}`)),
      files: { consumed: changes.map(({ path }) => path), produced: changes },
      diff: {
        changes,
        patch: big("a") + big("b") + Array.from({ length: 400 }, (_, i) => samplePatch(`f${i}`, ["z"])).join(""),
        problem: null,
      },
      stepDiffs: new Map(
        steps.map((step) => [
          step.stepKey,
          { changes, patch: samplePatch(step.stepKey, [huge.slice(0, 100_000)]), problem: null },
        ]),
      ),
      logs: new Map(
        checks.map((check) => [
          check.logHash,
          { text: huge.slice(0, 16_000), leftOutBytes: 9, state: "intact" as const },
        ]),
      ),
      events: {
        ...{ read: 200_000, leftOut: 5, isComplete: false },
        events: Array.from({ length: 100_000 }, (_, i) =>
          sampleEvent("model_call.retried", `s${i % 500}`, i / 1_000, retried),
        ),
      },
      costs: { role: Array.from({ length: 300 }, (_, index) => sampleCost(`r${index}`)), model: [] },
    });
    expect(performance.now() - startMs).toBeLessThan(20_000);
    expect(source.length).toBeLessThan(6_000_000);
    expect(textOf("header")).toContain("4,980,000 more characters after this were left out.");
    expect(textOf("plan")).toContain("300 more steps were left out.");
    expect(textOf("checks")).toContain("200 more checks were left out.");
    expect(textOf("diff")).toContain("The rest of this file's diff was left out");
    expect(textOf("diff")).toContain("more files of");
    expect(textOf("files")).toContain("4,500 more files were left out.");
    expect(textOf("troubles")).toContain("99,700 more troubles were left out.");
    expect(textOf("troubles")).toContain("Only the first 200,000 events were looked through.");
  });
});
