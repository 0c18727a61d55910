import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reply } from "@claude-orchestrator/rehearsal";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectAccessible, findBrowser, launchBrowser, openWatchedPage, type WatchedPage } from "./browser.js";
import { commitAll, handOver, play } from "./fixtures.js";
import { openServedStage, type ServedStage } from "./served-stage.js";

const program = findBrowser();

/** Lets a call of the model wait until a test lets it go. */
function createGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe.skipIf(program === null)("the page", () => {
  const cleaners: (() => Promise<void>)[] = [];
  const gate = createGate();
  let held: ReturnType<typeof createGate> | null = null;
  let browser: Browser;
  let stage: ServedStage;
  let watched: WatchedPage;

  beforeAll(async () => {
    const script = play({
      builder: [
        reply()
          .thinking("Where is the answer made?")
          .text("I **look** at it.")
          .tool("Bash", { command: "sed -i s/41/42/ src/answer.js" }),
        async () => {
          await (held ?? gate).opened;
          return reply().handoff({ summary: "It is 42 now.", filesCreated: [], filesModified: ["src/answer.js"] });
        },
      ],
      tester: [(call) => handOver(call)],
    });
    stage = await openServedStage({ onTestFinished: (clean) => void cleaners.push(clean) }, { script });
    stage.write("package.json", JSON.stringify({ name: "answer", type: "module", scripts: { test: "node --test" } }));
    stage.write("src/answer.js", "export const answer = () => 41;\n");
    stage.write(
      "test/answer.test.js",
      'import test from "node:test";\nimport assert from "node:assert";\nimport { answer } from "../src/answer.js";\ntest("it is right", () => assert.equal(answer(), 42));\n',
    );
    commitAll(stage.workspace);
    browser = await launchBrowser(program ?? "");
    watched = await openWatchedPage(await browser.newContext());
  });
  afterAll(async () => {
    gate.open();
    await browser?.close();
    for (const clean of cleaners) await clean();
  });

  test("lets a browser in by a link that works once", async () => {
    const { page } = watched;
    const link = await stage.link();
    await page.goto(link);
    await page.getByRole("heading", { name: "Fleet", level: 1 }).waitFor();
    const other = await (await browser.newContext()).newPage();
    await other.goto(link);
    await other.getByText("was used before").waitFor();
    await expectAccessible(other);
    await other.context().close();
    expect(watched.errors).toEqual([]);
  });

  test("shows a task of the API live: what it does now, without being loaded again", async () => {
    const { page } = watched;
    const answer = await stage.ask("POST", "/api/v1/tasks", { prompt: "Mend the answer", taskType: "simple_fix" });
    expect(answer.status).toBe(201);
    await page.getByRole("link", { name: "Mend the answer" }).first().waitFor();
    const agents = page.getByRole("region", { name: "Living agents" });
    await agents.getByText("builder").first().waitFor();
    // The model is silent now: the tool was the last thing that the agent did.
    await agents.getByText("sed -i").first().waitFor();
    await expectAccessible(page);
  });

  test("shows the steps of a task as a graph, as times and as a table, and follows them to the end", async () => {
    const { page } = watched;
    await page.getByRole("link", { name: "Mend the answer" }).first().click();
    await page.getByRole("heading", { name: "Mend the answer", level: 1 }).waitFor();
    const workflow = page.getByRole("region", { name: "Workflow" });
    await workflow.getByRole("button", { name: /^builder/ }).waitFor();
    const steps = page.getByRole("region", { name: "Steps" });
    await steps.getByRole("row", { name: /^builder running/ }).waitFor();
    await steps.getByRole("row", { name: /^tester pending/ }).waitFor();
    await expectAccessible(page);
    gate.open();
    await steps.getByRole("row", { name: /^tester succeeded/ }).waitFor();
    await page.getByText("every step succeeded, and a check has passed").waitFor();
    await workflow.getByRole("button", { name: "Waterfall" }).click();
    await workflow.getByText("builder").first().waitFor();
    await expectAccessible(page);
  });

  test("has the evidence of a step: handoff, checks with their log, and the diff", async () => {
    const { page } = watched;
    const steps = page.getByRole("region", { name: "Steps" });
    await steps.getByRole("button", { name: "builder", exact: true }).click();
    await page.getByText("It is 42 now.").first().waitFor();
    await steps.getByRole("button", { name: "check-builder", exact: true }).click();
    await page.getByRole("button", { name: /log/i }).first().click();
    await page.getByText("it is right").first().waitFor();
    await page.getByRole("button", { name: "Show the diff" }).last().click();
    await page.getByText("export const answer = () => 42;").first().waitFor();
    await expectAccessible(page);
    expect(watched.errors).toEqual([]);
  });

  test("goes another way from a step on, with another model", async () => {
    const { page } = watched;
    await page.getByRole("region", { name: "Steps" }).getByRole("button", { name: "tester", exact: true }).click();
    await page.getByRole("button", { name: "Fork here" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: /^Model/ }).fill("haiku");
    await expectAccessible(page);
    const before = page.url();
    await dialog.getByRole("button", { name: "Start the fork" }).click();
    await page.waitForURL((url) => url.href !== before);
    const steps = page.getByRole("region", { name: "Steps" });
    await steps.getByRole("row", { name: /^tester succeeded/ }).waitFor();
    await page
      .getByText(/[Ff]ork/)
      .first()
      .waitFor();
  });

  test("brings the result into the checkout", async () => {
    const { page } = watched;
    await page.getByRole("button", { name: "Apply" }).first().click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Apply/ })
      .click();
    await page.getByText("Its result came into your checkout").waitFor();
    expect(readFileSync(join(stage.workspace, "src/answer.js"), "utf8")).toContain("42");
  });

  test("is told in every tab when a task is cancelled in one", async () => {
    const { page } = watched;
    held = createGate();
    const answer = await stage.ask("POST", "/api/v1/tasks", { prompt: "Mend it again", roles: ["builder"] });
    const { taskId } = (await answer.json()) as { taskId: string };
    await page.goto(`${stage.url}/tasks/${taskId}`);
    const other = await page.context().newPage();
    await other.goto(page.url());
    for (const tab of [page, other]) {
      await tab.getByRole("row", { name: /^builder running/ }).waitFor();
      await tab.getByRole("button", { name: "Cancel" }).first().click();
    }
    const confirm = (tab: Page) =>
      tab
        .getByRole("dialog")
        .getByRole("button", { name: /^Cancel/ })
        .click();
    await confirm(page);
    await page.getByRole("row", { name: /^builder cancelled/ }).waitFor();
    held.open();
    // Whoever comes too late is told how it stands, or that there is nothing left to do.
    await confirm(other);
    await other.getByRole("dialog").waitFor({ state: "detached" });
    await other.getByRole("row", { name: /^builder cancelled/ }).waitFor();
    await other.close();
  });
});
