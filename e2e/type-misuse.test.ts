import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileFolder, makeProgramFolder } from "./compile.js";

/** A line that ends with this must be refused, and no other. */
const WRONG = "// wrong";

const BEGIN = `import { Orchestrator, OrchestratorError, type TaskResult } from "@claude-orchestrator/core";
import { openStorage } from "@claude-orchestrator/core/storage";
export const door = { Orchestrator, OrchestratorError, openStorage };
declare const team: Orchestrator;
declare const result: TaskResult;
export const known = [team, result];
`;

const CORRECT: Readonly<Record<string, string>> = {
  "the options of a task": `
await team.execute({ prompt: "Do it", taskType: "bug_fix", executionMode: "parallel", includeAnalyst: "no" });
await team.execute({ prompt: "Do it", budgetUsd: 0.5, priority: 3, signal: AbortSignal.timeout(1_000) });
await team.execute({ prompt: "Do it", plan: "ai" });
await team.executeCustomWorkflow({ prompt: "Do it", roles: ["scout", { role: "builder", tools: ["Read"] }] });
const steps = ["scout", "builder"] as const;
await team.executeWithDependencies({ prompt: "Do it", steps, dependencies: { 1: [0] } });
await team.followUp(result.taskId, { prompt: "And now this" });`,
  "an option that may be undefined, under exactOptionalPropertyTypes": `
const model: string | undefined = process.env.MODEL;
await team.execute({ prompt: "Do it", model });
await team.createAgent({ role: "scout", model });
export const other = new Orchestrator({ home: process.env.OTHER_HOME });`,
  "a reply, once its status has been looked at": `
const reply = await team.sendToAgent("agent_1", "hello", { whenBusy: "steer" });
if (reply.status === "failed") console.log(reply.error.code.toUpperCase(), reply.error.hint);
else console.log(reply.text, reply.costUsd);`,
  "what execute of a handle gives: an answer, or an exception": `
try {
  const answer: { text: string; error: null } = await team.agent("agent_1").execute("hello");
  console.log(answer.text);
} catch (error) {
  if (OrchestratorError.is(error) && error.code === "agent_deleted") console.log(error.hint);
}`,
  "an event, once its type has been looked at": `
for await (const event of team.events({ after: 0 })) {
  if (event.type === "task.ended") console.log(event.data.census.succeeded);
  if (event.type === "agent.replied" && event.data.status === "failed") console.log(event.data.error?.code);
}`,
  "sums and the storage door": `
console.log((await team.costs("role"))[0]?.costUsd);
const storage = await openStorage({ databasePath: team.config.databasePath });
console.log(await storage.totalCostUsd({ rehearsal: true }), (await storage.costByRole())[0]?.key);
await storage.close();`,
};

const MISUSE: Readonly<Record<string, string>> = {
  "an option that execute does not have": `
await team.execute({ prompt: "Do it", budget: 0.5 }); ${WRONG}`,
  "a misspelt task type": `
await team.execute({ prompt: "Do it", taskType: "bugfix" }); ${WRONG}`,
  "execute without a prompt": `
await team.execute({ taskType: "bug_fix" }); ${WRONG}`,
  "dependencies as a mode of execute": `
await team.execute({ prompt: "Do it", executionMode: "dependencies" }); ${WRONG}`,
  "roles as a string": `
await team.executeCustomWorkflow({ prompt: "Do it", roles: "scout,builder" }); ${WRONG}`,
  "a budget as a string": `
await team.execute({ prompt: "Do it", budgetUsd: "0.50" }); ${WRONG}`,
  "a dependency that is not in a list": `
await team.executeWithDependencies({ prompt: "Do it", steps: ["scout", "builder"], dependencies: { 1: 0 } }); ${WRONG}`,
  "the code of a reply's error before its status has been looked at": `
const reply = await team.sendToAgent("agent_1", "hello");
console.log(reply.error.code); ${WRONG}`,
  "the error of a reply that was answered": `
const reply = await team.sendToAgent("agent_1", "hello");
if (reply.status === "answered") console.log(reply.error.code); ${WRONG}`,
  "an error of what execute of a handle gives": `
const answer = await team.agent("agent_1").execute("hello");
console.log(answer.error.code); ${WRONG}`,
  "a type that no event has": `
for await (const event of team.events()) {
  if (event.type === "task.finished") console.log(event); ${WRONG}
}`,
  "the data of another type of event": `
for await (const event of team.events()) {
  if (event.type === "task.started") console.log(event.data.census); ${WRONG}
}`,
  "a status that no task has": `
console.log(result.status === "done"); ${WRONG}`,
  "a code that no error has": `
if (OrchestratorError.is(result)) console.log(result.code === "timeout"); ${WRONG}`,
  "a misspelt whenBusy": `
await team.sendToAgent("agent_1", "hello", { whenBusy: "stear" }); ${WRONG}`,
  "costs by something that costs are not summed by": `
await team.costs("colour"); ${WRONG}`,
  "an agent without a role": `
await team.createAgent({ name: "Nobody" }); ${WRONG}`,
  "a message without a text": `
await team.sendToAgent("agent_1"); ${WRONG}`,
  "a method that the storage does not have": `
const storage = await openStorage();
await storage.append([]); ${WRONG}`,
  "writing to what can only be read": `
team.config = { ...team.config }; ${WRONG}
team.agent("agent_1").agentId = "agent_2"; ${WRONG}`,
  "an option that the orchestrator does not have": `
export const other = new Orchestrator({ maxAgents: 3 }); ${WRONG}`,
};

let folder: string;
/** Line numbers with errors, by file. */
let errors: ReadonlyMap<string, readonly number[]>;
const fileOf = (kind: string, index: number) => `${kind}-${index}.ts`;

function write(kind: string, programs: Readonly<Record<string, string>>): void {
  for (const [index, text] of Object.values(programs).entries())
    writeFileSync(join(folder, fileOf(kind, index)), `${BEGIN}${text}\n`);
}

/** The lines of a program that are marked as wrong, counted from 1. */
function linesMarked(text: string): number[] {
  return `${BEGIN}${text}`.split("\n").flatMap((line, index) => (line.endsWith(WRONG) ? [index + 1] : []));
}

beforeAll(() => {
  folder = makeProgramFolder();
  write("correct", CORRECT);
  write("misuse", MISUSE);
  errors = compileFolder(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the compiler accepts", () => {
  test.each(Object.keys(CORRECT).map((name, index) => ({ name, index })))("$name", ({ index }) => {
    expect(errors.get(fileOf("correct", index)) ?? []).toEqual([]);
  });
});

describe("the compiler refuses, at the very line,", () => {
  test.each(Object.entries(MISUSE).map(([name, text], index) => ({ name, text, index })))(
    "$name",
    ({ text, index }) => {
      expect(linesMarked(text)).not.toEqual([]);
      expect([...new Set(errors.get(fileOf("misuse", index)))]).toEqual(linesMarked(text));
    },
  );
});
