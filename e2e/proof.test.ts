import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type CallContext, type Reply, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { commitAll, handOver, inOrder, openStage, play, type Stage, stepOf } from "./fixtures.js";

const FAULTY = "export const double = (value) => value + 1;\n";
const MENDED = "export const double = (value) => value * 2;\n";

/** A project whose one test fails, and whose checks are found from its package.json. */
function layOut(stage: Stage, source = FAULTY): void {
  stage.write("package.json", JSON.stringify({ name: "double", type: "module", scripts: { test: "node --test" } }));
  stage.write("src/double.js", source);
  stage.write(
    "test/double.test.js",
    'import assert from "node:assert";\nimport { test } from "node:test";\nimport { double } from "../src/double.js";\ntest("doubles", () => assert.equal(double(3), 6));\ntest("doubles nothing", () => assert.equal(double(1), 2));\n',
  );
  commitAll(stage.workspace);
}

/** An agent that runs one command and then says that all is well. */
function run(command: string): readonly ((call: CallContext) => Reply)[] {
  return [() => reply().tool("Bash", { command }), (call) => handOver(call)];
}

const CLAIM = [(call: CallContext) => handOver(call, reply().text("Everything is fixed."))];
const mend = `printf '%s' '${MENDED.trim()}' > src/double.js`;
const firstPrompt = (call: CallContext) => JSON.stringify(call.request.messages);

describe("what agents claim is not what counts", () => {
  test("a fix that mends nothing fails with the check's log as evidence, after the rounds that may help", async (context) => {
    const stage = await openStage(context, { script: play({ builder: CLAIM, tester: CLAIM }) });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the failing test", taskType: "simple_fix" });

    expect(result).toMatchObject({ status: "failed", success: false, verified: false });
    expect(result.error?.code).toBe("check_failed");
    expect(result.error?.message).toContain("doubles");
    const builders = result.steps.filter((step) => step.role === "builder");
    // The second one changed nothing either, so a third would only cost money.
    expect(builders.map((step) => [step.stepKey, step.round])).toEqual([
      ["builder", 0],
      ["builder#2", 1],
    ]);
    expect(stepOf(result, "tester").status).toBe("skipped");
    expect(stepOf(result, "check-builder#2")).toMatchObject({ kind: "check", status: "failed" });
    const evidence = result.checks.filter((check) => check.stepKey === "check-builder#2");
    expect(evidence).toHaveLength(1);
    expect(evidence[0]).toMatchObject({ command: "npm test", exitCode: 1, passed: false, failedTests: ["doubles"] });
    const log = readFileSync(evidence[0]?.logPath ?? "");
    expect(createHash("sha256").update(log).digest("hex")).toBe(evidence[0]?.logHash);
    expect(log.toString()).toContain("doubles");
    expect(evidence[0]?.tree).toMatch(/^[0-9a-f]{40}$/);
  });

  test("rounds go on for as long as fewer tests fail, and never beyond their number", async (context) => {
    const counts = [4, 3, 2, 1];
    const steps = counts.map((count) => run(`echo ${count} > left.txt`));
    let next = 0;
    let position = 0;
    const builder = (call: CallContext) => {
      const answer = steps[next]?.[position] ?? handOver;
      position += 1;
      if (position === 2) {
        position = 0;
        next += 1;
      }
      return answer(call);
    };
    const stage = await openStage(context, { script: play({ builder }) });
    stage.write("left.txt", "0\n");
    stage.write(
      ".orchestrator/config.yaml",
      "checks:\n  - command: 'for i in $(seq $(cat left.txt)); do echo \"not ok $i - case $i\"; done; test $(cat left.txt) = 0'\n",
    );
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Build it", roles: ["builder"] });
    expect(result.status).toBe("failed");
    expect(result.steps.filter((step) => step.role === "builder").map((step) => step.round)).toEqual([0, 1, 2]);
    expect(result.error?.message).toContain("2 rounds did not suffice");
    expect(result.census).toMatchObject({ rounds: 2, failed: 1 });
  });

  test("a second round mends it: the builder is told what failed, and the task is completed", async (context) => {
    const told: string[] = [];
    const builder = inOrder(
      (call) => handOver(call),
      (call) => {
        told.push(firstPrompt(call));
        return reply().tool("Bash", { command: mend });
      },
      (call) => handOver(call),
    );
    const stage = await openStage(context, { script: play({ builder }) });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the failing test", taskType: "simple_fix" });
    expect(result.error).toBeNull();
    expect(result).toMatchObject({ status: "completed", success: true, verified: true });
    expect(told[0]).toContain("not ok");
    expect(told[0]).toContain("Round 1 of 2");
    expect(result.census).toEqual({
      planned: 7,
      ran: 7,
      succeeded: 7,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      retried: 0,
      rounds: 1,
      reused: 0,
    });
    expect(result.checks.map((check) => [check.stepKey, check.passed])).toEqual([
      ["baseline", false],
      ["check-builder", false],
      ["check-builder#2", true],
      ["check-tester", true],
    ]);
    // The tester waited for the round.
    expect(stepOf(result, "tester").dependsOn).toEqual(["check-builder#2"]);
  });

  test("a reviewer's changes go to the builder, and the next review ends it", async (context) => {
    const prompts: string[] = [];
    const builder = inOrder(
      () => reply().tool("Bash", { command: mend }),
      (call) => handOver(call),
      (call) => {
        prompts.push(firstPrompt(call));
        return reply().tool("Bash", { command: "echo '// doubles a number' >> src/double.js" });
      },
      (call) => handOver(call),
    );
    const findings = [{ file: "src/double.js", line: 1, severity: "major" as const, message: "Say what it does" }];
    const reviewer = inOrder(
      () => reply().handoff({ summary: "Not yet.", verdict: "changes_requested", findings }),
      () => reply().handoff({ summary: "Good.", verdict: "approved", findings: [] }),
    );
    const stage = await openStage(context, { script: play({ builder, reviewer }) });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Fix it", roles: ["builder", "reviewer"] });
    expect(result.status).toBe("completed");
    expect(prompts[0]).toContain("Say what it does");
    expect(result.steps.map((step) => [step.stepKey, step.status])).toEqual([
      ["baseline", "succeeded"],
      ["builder", "succeeded"],
      ["check-builder", "succeeded"],
      ["reviewer", "succeeded"],
      ["builder#2", "succeeded"],
      ["check-builder#2", "succeeded"],
      ["reviewer#2", "succeeded"],
    ]);
    expect(result.census).toMatchObject({ planned: 7, succeeded: 7, rounds: 1 });
  });

  test("a reviewer who is never content fails the task with what is left", async (context) => {
    const findings = [{ file: "src/double.js", severity: "minor" as const, message: "Not to my taste" }];
    const reviewer = () => reply().handoff({ summary: "No.", verdict: "changes_requested", findings });
    const stage = await openStage(context, {
      script: play({ builder: inOrder(...run(mend), (call) => handOver(call)), reviewer }),
    });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Fix it", roles: ["builder", "reviewer"] });
    expect(result).toMatchObject({ status: "failed", error: { code: "changes_requested" } });
    expect(result.error?.message).toContain("Not to my taste");
    expect(result.steps.filter((step) => step.role === "reviewer")).toHaveLength(2);
  });

  test("what failed before the task and has nothing to do with it does not count against it", async (context) => {
    const builder = run("echo done > feature.txt");
    const stage = await openStage(context, { script: play({ builder }) });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Add a feature", taskType: "simple_implementation" });
    expect(result.status).toBe("completed");
    const [, check] = result.checks;
    expect(check).toMatchObject({ outcome: "failed", passed: true, failedTests: ["doubles"] });
    expect(check?.reason).toContain("before the task");
  });

  test("a check that the task itself has emptied proves nothing", async (context) => {
    const cheat = `node -e 'const fs = require("fs"); const p = JSON.parse(fs.readFileSync("package.json")); p.scripts.test = "true"; fs.writeFileSync("package.json", JSON.stringify(p))'`;
    const stage = await openStage(context, { script: play({ builder: run(cheat) }) });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the failing test", taskType: "simple_fix" });
    expect(result).toMatchObject({ status: "unverified", verified: false });
    expect(result.warnings.join()).toContain("changed what test runs");
  });

  test("a failing test that the task has deleted proves nothing either", async (context) => {
    const cheat = "sed -i '/\"doubles\"/d' test/double.test.js";
    const stage = await openStage(context, { script: play({ builder: run(cheat) }) });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the failing test", taskType: "simple_fix" });
    expect(result).toMatchObject({ status: "unverified", verified: false });
    expect(result.warnings.join()).toContain("doubles failed before, and is no longer tested");
  });

  test.each([
    [
      "forces its exit code",
      `node -e 'const fs = require("fs"); fs.appendFileSync("test/double.test.js", "process.on(\\"exit\\", () => process.reallyExit(0));")'`,
      "failed",
    ],
    [
      "hides its tests",
      `mkdir away && mv test/double.test.js away/double.js && echo 'require("node:test").test("nothing", () => {})' > test/other.test.cjs`,
      "unverified",
    ],
  ])("a check that the task itself %s does not prove it", async (_, cheat, status) => {
    let clean = async () => {};
    const context = {
      onTestFinished(given: () => Promise<void>) {
        clean = given;
      },
    };
    const stage = await openStage(context, { script: play({ builder: run(cheat) }) });
    layOut(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the failing test", taskType: "simple_fix" });
    expect(result.status).toBe(status);
    await clean();
  });

  test("a project without checks ends unverified, and fails where a check is required", async (context) => {
    const stage = await openStage(context, { script: play(), git: true });
    const orchestrator = await stage.orchestrator();
    const options = { prompt: "Do it", taskType: "simple_implementation" as const };
    expect(await orchestrator.execute(options)).toMatchObject({ status: "unverified", verified: false, success: true });
    const strict = await orchestrator.execute({ ...options, requireChecks: true });
    expect(strict).toMatchObject({ status: "failed", success: false, error: { code: "checks_missing" } });
  });

  test("checks that the work itself has brought are run after it", async (context) => {
    const make = `printf '{"scripts":{"test":"node --test"}}' > package.json; printf 'require("node:test").test("works", () => {});' > a.test.js`;
    const stage = await openStage(context, { script: play({ builder: run(make) }), git: true });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Begin a project", roles: ["builder"] });
    expect(result.status).toBe("completed");
    expect(result.checks).toMatchObject([{ stepKey: "check-builder", command: "npm test", passed: true }]);
  });
});

describe("checks that misbehave", () => {
  test.each([
    ["hangs", "sleep 600", "timed_out", "it ran for more than"],
    ["is not there", "no-such-command-at-all", "not_found", "the command was not found"],
    ["wants a terminal", "read answer < /dev/tty", "failed", ""],
    ["leaves a child behind", "sleep 600 & exit 3", "failed", "exit code 3"],
  ])("one that %s fails the task with a clear word", async (_, command, outcome, words) => {
    const stage = await openStage({ onTestFinished: (clean) => void cleanups.push(clean) }, { script: play() });
    stage.write(
      ".orchestrator/config.yaml",
      `baseline: false\nmaxRounds: 0\nchecks:\n  - command: "${command}"\n    timeoutMinutes: 0.02\n`,
    );
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Build", roles: ["builder"] });
    expect(result).toMatchObject({ status: "failed", error: { code: "check_failed" } });
    expect(result.error?.message).toContain(words);
    expect(result.checks).toMatchObject([{ outcome, passed: false }]);
    for (const clean of cleanups.splice(0)) await clean();
  });

  const cleanups: (() => Promise<void>)[] = [];

  test("one that prints without end leaves a small log, and no secret in it", async (context) => {
    const stage = await openStage(context, {
      script: play(),
      environment: { MY_API_TOKEN: "tok-very-secret-1234567", ORCHESTRATOR_PASS_ENVIRONMENT: "MY_API_TOKEN" },
    });
    stage.write(
      ".orchestrator/config.yaml",
      "baseline: false\nchecks: [\"echo $MY_API_TOKEN; head -c 60000000 /dev/zero | tr '\\\\0' x | fold -w 100\"]\n",
    );
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Build", roles: ["builder"] });
    expect(result.status).toBe("completed");
    const log = readFileSync(result.checks[0]?.logPath ?? "", "utf8");
    expect(log.length).toBeLessThanOrEqual(10 * 1024 * 1024);
    expect(result.checks[0]?.outputBytes).toBeGreaterThan(60_000_000);
    expect(log).not.toContain("very-secret");
  });
});
