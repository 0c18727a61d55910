import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { checkOptions } from "./check-options.js";
import { loadConfig } from "./config/index.js";
import { checkCall, parseTaskRequest } from "./task-request.js";

/** What a call throws, as name and message. */
const messageOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing thrown";
};

test("an unknown field of a step is named with its step, and with the options of a step", () => {
  const message = messageOf(() =>
    checkCall("executeCustomWorkflow", { prompt: "x", roles: [{ role: "scout", colour: "red" }] }),
  );
  expect(message).toContain("roles.0");
});

test("an unknown field of an inner object names where, and the fields there", () => {
  const schema = z.strictObject({ inner: z.strictObject({ names: z.string().optional() }) });
  const message = messageOf(() => checkOptions(schema, { inner: { colour: 1 } }, "call"));
  expect(message).toContain("inner");
});

test("a step that is neither a name nor an object says what it should be", () => {
  const message = messageOf(() => checkCall("executeCustomWorkflow", { prompt: "x", roles: [5] }));
  expect(message).not.toMatch(/but Invalid input/);
});

test("a step without a role says so", () => {
  const message = messageOf(() =>
    checkCall("executeCustomWorkflow", { prompt: "x", roles: [{ instructions: "Look." }] }),
  );
  expect(message).toMatch(/role.*expected string/);
});

test("a bigint is refused as invalid input", () => {
  expect(messageOf(() => checkCall("execute", { prompt: "x", budgetUsd: 1n }))).toMatch(
    /^OrchestratorError: .*budgetUsd is 1/,
  );
});

test("a circle is refused as invalid input", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(messageOf(() => checkCall("execute", { prompt: circle }))).toMatch(/^OrchestratorError: /);
});

test("NaN is named", () => {
  expect(messageOf(() => checkCall("execute", { prompt: "x", budgetUsd: Number.NaN }))).toContain("budgetUsd is NaN");
});

test("an empty working directory is not the process's own", () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "x-")));
  const config = loadConfig({ environment: { ORCHESTRATOR_HOME: directory }, workingDirectory: directory });
  const outcome = messageOf(() => {
    const { workingDirectory } = parseTaskRequest(
      { prompt: "x", workingDirectory: "" },
      { workingDirectory: directory, config, rehearsal: false },
    );
    if (workingDirectory !== directory) return;
    throw new Error("the default is used");
  });
  rmSync(directory, { recursive: true });
  expect(outcome).not.toBe("nothing thrown");
});
