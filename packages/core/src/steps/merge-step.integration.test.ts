import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StepStage } from "./stage.testsuite.js";

let stage: StepStage;

beforeEach(async () => {
  stage = await StepStage.open({ builders: { left: [], right: [], last: ["left", "right"] } });
});
afterEach(() => stage.close());

async function mergeKey(): Promise<string> {
  const steps = await stage.store.listSteps(stage.taskId);
  return steps.find((step) => step.kind === "merge")?.stepKey ?? "";
}

const left = () => stage.build("left", (root) => stage.write(root, "left.txt", "left\n"));
const right = () => stage.build("right", (root) => stage.write(root, "right.txt", "right\n"));

async function merge() {
  const key = await mergeKey();
  const outcome = await stage.run(key);
  const workspace = await stage.workspaceOf(key);
  return { outcome, workspace };
}

describe("the work of two builders", () => {
  test("is one afterwards, in the files and on the task's branch", async () => {
    await left();
    await right();
    const { outcome, workspace } = await merge();
    expect(outcome).toMatchObject({ status: "succeeded", handoff: { merged: ["left", "right"] } });
    expect([stage.read(workspace, "left.txt"), stage.read(workspace, "right.txt")]).toEqual(["left\n", "right\n"]);
    expect(stage.git(workspace.root, "status", "--porcelain")).toBe("");
    expect(stage.git(stage.repository, "rev-parse", `orchestrator/${stage.taskId}`)).toBe(workspace.tip);
    expect(
      stage.git(stage.repository, "log", "--format=%s", `${workspace.start}..${workspace.tip}`).split("\n"),
    ).toEqual(expect.arrayContaining(["left", "right", "Merge right with left"]));
  });

  test("is the same whoever was faster", async () => {
    await right();
    await left();
    const { outcome, workspace } = await merge();
    expect(outcome).toMatchObject({ handoff: { merged: ["left", "right"] } });
    expect(stage.git(workspace.root, "rev-parse", "HEAD^1")).toBe((await stage.step("left")).commit);
  });

  test("is that of one where the other has changed nothing", async () => {
    await left();
    await stage.build("right", () => {});
    const { outcome, workspace } = await merge();
    expect(outcome.status).toBe("succeeded");
    expect(workspace.tip).toBe((await stage.step("left")).commit);
    expect(stage.read(workspace, "left.txt")).toBe("left\n");
  });

  test("is merged once: a second run after an interruption changes nothing", async () => {
    await left();
    await right();
    const key = await mergeKey();
    await stage.run(key, { isRecorded: false });
    const { tip } = await stage.workspaceOf(key);
    const { outcome, workspace } = await merge();
    expect(outcome.status).toBe("succeeded");
    expect(workspace.tip).toBe(tip);
  });
});

describe("work that contradicts itself", () => {
  const write = (key: string) =>
    stage.build(key, (root) => {
      stage.write(root, "shared.txt", `one\n${key}\nthree\n`);
      stage.write(root, `${key}.txt`, `${key}\n`);
    });

  test("becomes a step for an agent, before whatever waits for the merge", async () => {
    await write("left");
    await write("right");
    const key = await mergeKey();
    const { outcome, workspace } = await merge();
    const conflict = key.replace("merge", "conflict");
    expect(outcome).toMatchObject({
      status: "succeeded",
      handoff: { merged: ["left"], open: { from: "right", conflicts: [{ path: "shared.txt" }] } },
      extension: {
        continuedBy: conflict,
        steps: [{ key: conflict, kind: "conflict", role: "builder", dependsOn: [key] }],
      },
    });
    expect(stage.read(workspace, "shared.txt")).toMatch(/<{7} .*\nleft\n={7}\nright\n>{7} /);
    expect([stage.read(workspace, "left.txt"), stage.read(workspace, "right.txt")]).toEqual(["left\n", "right\n"]);
  });

  test("is lost on neither side: both commits stay, and the branch stands at the first", async () => {
    await write("left");
    await write("right");
    const { workspace } = await merge();
    expect(workspace.tip).toBe((await stage.step("left")).commit);
    const other = (await stage.step("right")).commit ?? "";
    expect(stage.git(stage.repository, "branch", "--contains", other, "--format=%(refname:short)")).toContain("right");
  });
});
