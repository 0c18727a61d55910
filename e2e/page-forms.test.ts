import { readFileSync } from "node:fs";
import { lookAround } from "@claude-orchestrator/rehearsal";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectAccessible, findBrowser, launchBrowser, openWatchedPage, type WatchedPage } from "./browser.js";
import { commitAll } from "./fixtures.js";
import { openServedStage, type ServedStage } from "./served-stage.js";

const program = findBrowser();
const PROMPT = "Look at what is here and say it";

describe.skipIf(program === null)("the pages on which something is asked for", () => {
  const cleaners: (() => Promise<void>)[] = [];
  let browser: Browser;
  let stage: ServedStage;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    const test = { onTestFinished: (clean: () => Promise<void>) => void cleaners.push(clean) };
    stage = await openServedStage(test, { script: lookAround() });
    stage.write("notes.txt", "Nothing much.");
    commitAll(stage.workspace);
    browser = await launchBrowser(program ?? "");
    watched = await openWatchedPage(await browser.newContext());
    page = watched.page;
    await page.goto(await stage.link());
    await page.getByRole("heading", { name: "Fleet", level: 1 }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    for (const clean of cleaners) await clean();
  });

  const openPage = async (path: string, heading: string) => {
    await page.goto(`${stage.url}${path}`);
    await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
  };
  const alert = (text: RegExp) => page.getByRole("alert").filter({ hasText: text });

  test("show what a task comes to while it is written, and keep it when the page is loaded anew", async () => {
    await openPage("/new", "New task");
    await page.getByLabel("Prompt").fill(PROMPT);
    await page.getByText("My own roles").click();
    await page.getByLabel("Step 1: role").selectOption("scout");
    await page.getByText("the task can only end unverified").waitFor();
    await page.getByText("Nothing like it has run here yet").waitFor();
    await page.reload();
    await page.getByRole("listitem").filter({ hasText: "scout, role scout, reads only, starts at once" }).waitFor();
    expect(await page.getByLabel("Prompt").inputValue()).toBe(PROMPT);
    await expectAccessible(page);
  });

  test("say what is wrong at the field where it is wrong", async () => {
    await page.getByLabel("Model", { exact: true }).fill("no such name");
    await page.getByRole("button", { name: /^Start/ }).click();
    await alert(/is not a model name/).waitFor();
    await page.locator("input:focus[aria-invalid=true]").waitFor();
    expect(await page.locator(":focus").getAttribute("list"), "the field of the model").not.toBeNull();
    await page.getByLabel("Model", { exact: true }).fill("");
    await page.getByLabel("Working directory").fill("/");
    await alert(/outside of what this server may work in/).waitFor();
    await page.getByLabel("Working directory").fill(stage.workspace);
    await alert(/outside/).waitFor({ state: "detached" });
  });

  test("start a task and go to it", async () => {
    await page.getByLabel("Prompt").press("Control+Enter");
    await page.waitForURL(/\/tasks\/task_/);
    const taskId = page.url().split("/").at(-1);
    await page.getByRole("main").getByText("unverified", { exact: true }).first().waitFor({ timeout: 45_000 });
    expect(taskId).toMatch(/^task_\w+$/);
  });

  test("find it again by its words, and say so where nothing matches", async () => {
    await openPage("/history", "History");
    await page.getByRole("link", { name: PROMPT }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("nowhere to be found");
    await page.getByText("Nothing matches.").waitFor();
    expect(new URL(page.url()).searchParams.get("search")).toBe("nowhere to be found");
    await page.goBack();
    await page.getByRole("link", { name: PROMPT }).waitFor();
    expect(await page.getByRole("searchbox").inputValue()).toBe("");
    await page.getByRole("button", { name: "Filters" }).click();
    await expectAccessible(page);
  });

  test("leave a rehearsal out of the costs, offer to show it, and give its figures as CSV", async () => {
    await openPage("/costs", "Costs");
    await page.getByText("Only rehearsals have run").waitFor();
    await page.getByRole("link", { name: "Show them", exact: true }).click();
    await page.getByRole("table", { name: "Cost by role" }).getByRole("rowheader", { name: "scout" }).waitFor();
    await expectAccessible(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Cost by Role as CSV" }).click(),
    ]);
    const [columns, row] = readFileSync(await download.path(), "utf8").split("\r\n");
    expect(columns).toMatch(/^key,costUsd,modelCalls,/);
    expect(row).toMatch(/^scout,[\d.]+,\d+,/);
  });

  test("delete a task by keyboard, and say what was kept", async () => {
    await openPage("/history", "History");
    await page.getByRole("link", { name: PROMPT }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("1 selected").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("stays in the ledger, without any text").waitFor();
    await page.getByRole("button", { name: "Delete 1 task" }).click();
    await page.getByText("There was no work that existed nowhere else.").waitFor();
    await page.getByText("No task yet.").waitFor();
  });

  test("make an agent by hand and delete it", async () => {
    await openPage("/agents", "Agents");
    await page.getByRole("button", { name: "New agent" }).click();
    await page.getByLabel("Name").fill("Finder");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { name: "Finder", level: 1 }).waitFor();
    await openPage("/agents", "Agents");
    await page.getByRole("link", { name: "Finder" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Delete Finder" }).click();
    await page.getByRole("button", { name: "Delete the agent" }).click();
    await page.getByText("No agent lives.").waitFor();
  });

  test("show a token once, and take it back", async () => {
    await openPage("/access", "Access");
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("for a test");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    expect(await page.getByLabel("Token", { exact: true }).inputValue()).toMatch(/^orc_/);
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: /Revoke for a test/ }).click();
    await page.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("rowheader", { name: /for a test/ }).waitFor({ state: "detached" });
    await expectAccessible(page);
  });

  test("have had no error of their own: only what the server refused", () => {
    expect(watched.errors.filter((error) => !/status of 40[03]/.test(error))).toEqual([]);
  });
});
