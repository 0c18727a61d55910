import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectAccessible, findBrowser, launchBrowser, openWatchedPage } from "./browser.js";
import { commitAll, play } from "./fixtures.js";
import { openServedStage, type ServedStage } from "./served-stage.js";

const program = findBrowser();
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 780 };

/** One browser, one server and one history, for what holds on every page and between them. */
describe.skipIf(program === null)("the pages together", { timeout: 90_000 }, () => {
  const cleaners: (() => Promise<void>)[] = [];
  let browser: Browser;
  let stage: ServedStage;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    stage = await openServedStage({ onTestFinished: (clean) => void cleaners.push(clean) }, { script: play() });
    commitAll(stage.workspace);
    browser = await launchBrowser(program ?? "");
    ({ page, errors } = await openWatchedPage(await browser.newContext({ viewport: WIDE })));
    await page.goto(await stage.link());
    await heading("Fleet");
  });
  afterAll(async () => {
    await browser?.close();
    for (const clean of cleaners) await clean();
  });

  const heading = (name: string) => page.getByRole("heading", { name, level: 1 }).waitFor();
  const go = async (path: string, name: string) => {
    await page.goto(`${stage.url}${path}`);
    await heading(name);
  };

  describe("for a new task", () => {
    test("shows what it comes to while it is written, and as its analyst is chosen", async () => {
      await go("/new", "New task");
      await page.getByRole("textbox", { name: "Prompt" }).fill("Refactor the parser so that it is easier to test");
      const preview = page.getByRole("complementary", { name: "What the task comes to" });
      await preview.getByText("refactoring").first().waitFor();
      await page.getByRole("radio", { name: "Yes", exact: true }).check();
      await preview.getByText("analyst").first().waitFor();
      await page.getByRole("radio", { name: "No", exact: true }).check();
      await preview.getByText("analyst left out: it was left out on request").waitFor();
      // Nothing like it has run, and no check was found that could prove it.
      await preview
        .getByText(/unverified/)
        .first()
        .waitFor();
      await expectAccessible(page);
    });
  });

  describe("for what has been", () => {
    beforeAll(async () => {
      for (const prompt of ["Find the needle", "Find the haystack"])
        expect((await stage.ask("POST", "/api/v1/tasks", { prompt, roles: ["scout"] })).status).toBe(201);
    });

    test("goes through the list by keyboard, and opens a task", async () => {
      await go("/history", "History");
      await page.getByRole("link", { name: "Find the haystack" }).waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/tasks\//);
    });

    test("sets two tasks side by side", async () => {
      await go("/history", "History");
      const boxes = page.getByRole("checkbox", { name: /^Select task_/ });
      await boxes.nth(0).check();
      await boxes.nth(1).check();
      await page
        .getByRole("link", { name: /Compare/ })
        .or(page.getByRole("button", { name: /Compare/ }))
        .first()
        .click();
      await page.waitForURL(/\/compare/);
      await page.getByText("Find the haystack").first().waitFor();
      await page.getByText("Find the needle").first().waitFor();
      await expectAccessible(page);
    });

    test("deletes a task after asking, and another tab that looks at it says so", async () => {
      await go("/history", "History");
      const row = page.getByRole("row", { name: /Find the needle.*unverified/ });
      await row.getByRole("link").first().waitFor();
      const other = await page.context().newPage();
      await other.goto(new URL((await row.getByRole("link").first().getAttribute("href")) ?? "", stage.url).href);
      await other.getByRole("heading", { name: "Find the needle", level: 1 }).waitFor();
      await row.getByRole("checkbox").check();
      await page
        .getByRole("button", { name: /^Delete/ })
        .first()
        .click();
      const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
      await dialog.getByRole("button", { name: /^Delete/ }).click();
      await row.waitFor({ state: "detached" });
      await other.getByText("This task has just been deleted.").waitFor();
      await other.close();
    });
  });

  describe("for agents and access", () => {
    test("shows a viewer everything, and offers nothing that a viewer may not", async () => {
      const viewer = await openWatchedPage(await browser.newContext({ viewport: WIDE }));
      await viewer.page.goto(await stage.link("viewer"));
      await viewer.page.getByRole("heading", { name: "Fleet", level: 1 }).waitFor();
      await viewer.page.goto(`${stage.url}/history`);
      await viewer.page.getByRole("link", { name: "Find the haystack" }).click();
      await viewer.page.getByRole("heading", { name: "Find the haystack", level: 1 }).waitFor();
      await viewer.page.getByRole("button", { name: "More actions" }).click();
      expect(await viewer.page.getByRole("menuitem").allTextContents()).toEqual([expect.stringMatching(/[Rr]eport/)]);
      await viewer.page.keyboard.press("Escape");
      expect(await viewer.page.getByRole("button", { name: "Follow up" }).count()).toBe(0);
      await viewer.page.goto(`${stage.url}/new`);
      await viewer.page
        .getByText(/viewer/)
        .first()
        .waitFor();
      await viewer.page.context().close();
    });
  });

  describe("everywhere", () => {
    test("goes to pages by the command bar, and says which keys there are", async () => {
      await go("/", "Fleet");
      await page.keyboard.press("Control+k");
      const bar = page.getByRole("dialog");
      await bar.waitFor();
      await page.keyboard.type("Costs");
      await bar.getByText("Costs").first().waitFor();
      await page.keyboard.press("Enter");
      await heading("Costs");
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await expectAccessible(page);
      await page.keyboard.press("Escape");
    });

    test("follows the system's theme until one is chosen, and keeps that", async () => {
      await go("/costs", "Costs");
      const background = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
      await page.emulateMedia({ colorScheme: "dark" });
      const dark = await background();
      await page.emulateMedia({ colorScheme: "light" });
      await expect.poll(background).not.toBe(dark);
      await page.getByRole("button", { name: "Settings" }).click();
      await page
        .getByRole("menuitemradio", { name: /Dark/ })
        .or(page.getByRole("radio", { name: /Dark/ }))
        .first()
        .click();
      await expect.poll(background).toBe(dark);
      await page.reload();
      await heading("Costs");
      expect(await background()).toBe(dark);
    });

    test.each(["/", "/new", "/history", "/costs", "/agents"])("fits a phone: %s", async (path) => {
      await page.setViewportSize(PHONE);
      await page.goto(`${stage.url}${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
      await page.setViewportSize(WIDE);
    });

    test("says where there is nothing, and how to go on", async () => {
      await page.goto(`${stage.url}/tasks/task_none`);
      await page.getByText('No task has an id that begins with "task_none".').first().waitFor();
      await page.goto(`${stage.url}/nowhere`);
      await page.getByRole("link", { name: /Fleet/ }).first().waitFor();
    });

    test("has thrown no error all the while, but for what was asked for that is not there", () => {
      expect(errors.filter((error) => !/status of (400|403|404)/.test(error))).toEqual([]);
    });
  });
});
