import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reply } from "@claude-orchestrator/rehearsal";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { compileFolder, makeProgramFolder } from "./compile.js";
import { handOver, openStage, play } from "./fixtures.js";
import { runProgram } from "./program.js";

/** Guides whose pieces of JavaScript, from top to bottom, are one program. */
const PROGRAMS = ["library", "integration"];
/** What the comments and the text of a guide say that it prints. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  library: ["cancelled cancelled\n", "\nopus\n", "\ndeleted\n", "invalid_input The prompt is empty."],
  integration: ["heard: And where is that tested?", ": unverified, ", "\ndone\n"],
};

let folder: string;
beforeAll(() => {
  folder = makeProgramFolder();
  for (const name of PROGRAMS) {
    const text = readFileSync(new URL(`../docs/${name}.md`, import.meta.url), "utf8");
    const pieces = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, piece]) => piece);
    writeFileSync(join(folder, `${name}.mjs`), pieces.join("\n"));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("the pieces of code of the guides are sound, as far as the compiler can tell", () => {
  expect(compileFolder(folder)).toEqual(new Map());
});

test.each(PROGRAMS)("the pieces of code of docs/%s.md run, one after another", async (name) => {
  const script = play().otherwise((call) =>
    call.toolNames.includes("StructuredOutput") ? handOver(call) : reply().text(`heard: ${call.userText}`),
  );
  const stage = await openStage({ onTestFinished }, { script });
  const { code, stdout, stderr } = await runProgram(join(folder, `${name}.mjs`), [], {
    environment: stage.environment,
    cwd: stage.workspace,
  });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
  for (const promised of PROMISED[name] ?? []) expect(stdout).toContain(promised);
});

test("the workflow file of docs/workflows.md can be used, and has the graph that the text tells of", async () => {
  const text = readFileSync(new URL("../docs/workflows.md", import.meta.url), "utf8");
  const [, path = "", yaml = ""] = /^```yaml\n# (\S+)\n(.*?)^```$/ms.exec(text) ?? [];
  const stage = await openStage({ onTestFinished }, { script: play() });
  stage.write(path, yaml);
  const orchestrator = await stage.orchestrator();
  const [workflow] = orchestrator.listWorkflows();
  expect(workflow).toMatchObject({ name: "careful", description: "Two look side by side, one builds, two check." });
  expect(workflow?.steps.map(({ key, dependsOn }) => [key, dependsOn])).toEqual([
    ["scout", []],
    ["analyst", []],
    ["builder", ["scout", "analyst"]],
    ["tester", ["builder"]],
    ["naysayer", ["tester"]],
  ]);
  // A mistake is refused with file and line.
  stage.write(".orchestrator/workflows/odd.yaml", "steps:\n  - role: scout\n    needs: []\n");
  expect(() => orchestrator.listWorkflows()).toThrow(/odd\.yaml:3 /);
});
