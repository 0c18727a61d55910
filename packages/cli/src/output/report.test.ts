import { describe, expect, test } from "vitest";
import { renderReport } from "./report.js";
import { sampleCheck, sampleStep, sampleTask, sampleWorkspace } from "./sample-task.testsuite.js";
import { renderSteps, stateOf } from "./steps.js";

const check = (verdict: string) =>
  sampleStep({ stepKey: "check-builder", kind: "check", dependsOn: ["builder"], handoff: { verdict, checks: [] } });
const builder = sampleStep({ stepKey: "builder" });
const produced = [{ path: "a.txt", kind: "created", previousPath: null, linesAdded: 1, linesRemoved: 0 }] as const;

describe("a report begins with the status and what it rests on", () => {
  const firstLine = (more: Parameters<typeof sampleTask>[0]) => renderReport(sampleTask(more)).split("\n")[0];

  test("proven by checks, or a review that needs none", () => {
    const checks = [sampleCheck({ stepKey: "check-builder" })];
    expect(firstLine({ steps: [builder, check("passed")], checks })).toBe(
      "✓ completed - every step succeeded, proven by `npm test`",
    );
    expect(firstLine({ taskType: "code_review" })).toBe("✓ completed - every step succeeded");
  });

  test("unverified, and why", () => {
    const status = "unverified";
    const command = {
      name: "test",
      command: "npm test",
      directory: "",
      timeoutMinutes: 15,
      source: "package.json",
      definition: null,
    };
    expect(firstLine({ status, steps: [builder] })).toMatch(/; no check was found that could prove it$/);
    expect(firstLine({ status, steps: [builder, check("unproven")] })).toMatch(/the work changed how they are run$/);
    expect(firstLine({ status, steps: [builder, check("passed")] })).toMatch(/; not all of it was checked$/);
    expect(firstLine({ status, checkCommands: [command] })).toMatch(/; nothing was there to be checked$/);
  });

  test("the command that goes on with it, where nobody does", () => {
    const goOn = "go on with it: orchestrator resume task_a";
    expect(firstLine({ status: "paused", endedAt: null })).toMatch(new RegExp(`paused - ${goOn}$`));
    const running = { status: "running", endedAt: null } as const;
    expect(firstLine({ ...running, ownerAlive: false })).toMatch(new RegExp(`running - its process is gone; ${goOn}$`));
    expect(firstLine({ ...running, ownerAlive: true })).toMatch(/running$/);
  });

  test("what needs attention, where, and the command", () => {
    const attention = {
      reason: "A conflict in a.txt needs you",
      hint: "Edit it in /w, then: orchestrator resume task_a",
    };
    const text = renderReport(sampleTask({ status: "needs_attention", endedAt: null, census: null, attention }));
    expect(text).toMatch(/^! needs_attention - .*\n {2}A conflict in a\.txt needs you\n {2}Edit it in \/w, then: /);
    expect(text).not.toMatch(/^Next$/m);
  });
});

describe("a report ends with what comes next", () => {
  const next = (more: Parameters<typeof sampleTask>[0]) =>
    [...renderReport(sampleTask(more)).matchAll(/^ {2}orchestrator (\w+) task_a/gm)].map(([, command]) => command);
  const inPlace = {
    workspaceKind: "in_place",
    workspaces: [sampleWorkspace({ kind: "in_place" })],
    files: { consumed: [], produced: [...produced] },
  } as const;
  const applied = { mode: "merge", from: null, commit: "c", time: "2026-11-22T10:00:00.000Z" } as const;

  test("diff and apply on a copy, diff and undo in place", () => {
    expect(next({})).toEqual(["diff", "apply"]);
    expect(
      next({ ...inPlace, workspaces: [...inPlace.workspaces], files: { consumed: [], produced: [...produced] } }),
    ).toEqual(["diff", "undo"]);
  });

  test("nothing that cannot be done, or was done", () => {
    expect(next({ status: "failed" })).toEqual(["diff"]);
    expect(next({ applied })).toEqual(["diff"]);
    expect(next({ workspaces: [] })).toEqual([]);
    expect(next({ status: "running" })).toEqual([]);
  });
});

test("a report counts further rounds, and names skipped steps with their reasons", () => {
  const census = {
    planned: 4,
    ran: 3,
    succeeded: 3,
    failed: 0,
    skipped: 1,
    cancelled: 0,
    retried: 0,
    rounds: 1,
    reused: 0,
  };
  const steps = [sampleStep({ stepKey: "tester", status: "skipped", reason: "builder failed" })];
  const text = renderReport(sampleTask({ census, steps }));
  expect(text).toContain("0 retried, 1 further round\n  tester was skipped: builder failed");
});

test("steps are listed with what checks found, and a heading above each further round", () => {
  const steps = [
    builder,
    check("failed"),
    sampleStep({ stepKey: "builder#2", round: 1 }),
    { ...check("passed"), stepKey: "check-builder#2", round: 1 },
  ];
  const lines = renderSteps({ steps, agents: [] }, 80).split("\n");
  expect(lines.map((line) => line.replace(/ +0:00.*$/, ""))).toEqual([
    "✓ builder         succeeded",
    "✗ check-builder   failed",
    "  round 1",
    "✓ builder#2       succeeded",
    "✓ check-builder#2 passed",
  ]);
  expect(stateOf(check("unproven"))).toBe("unproven");
  expect(stateOf({ kind: "check", status: "running", handoff: null })).toBe("running");
  // What a reviewer says is not what its step came to.
  expect(stateOf({ kind: "agent", status: "succeeded", handoff: { verdict: "approved" } })).toBe("succeeded");
});
