import { type CallContext, reply, script, stall } from "@claude-orchestrator/rehearsal";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectAccessible, findBrowser, launchBrowser, openWatchedPage, type WatchedPage } from "./browser.js";
import { commitAll } from "./fixtures.js";
import { openServedStage, type ServedStage } from "./served-stage.js";

const program = findBrowser();
/** More than an event holds, so that the whole of it is in the agent's log only, and less than the CLI hands to a model. */
const LINES = 1_000;
const HOSTILE = "<img src=x onerror=\"document.title='hacked'\"> and <b>bold</b>";

const STORY = "Once upon a time there was a builder. ".repeat(20);

/** Stops in the middle of a story. Looks into the long file at the first message, and repeats any other. */
function answer(call: CallContext) {
  if (call.userText.includes("read"))
    return call.lastToolResults.length > 0
      ? reply().text(`I have read **all** of it. ${HOSTILE}`)
      : reply().thinking("It is long.").tool("Bash", { command: "cat long.txt" });
  if (call.userText.includes("story")) return stall(reply().text(STORY));
  return reply().text(`heard: ${call.userText}`);
}

describe.skipIf(program === null)("the page of an agent", () => {
  const cleaners: (() => Promise<void>)[] = [];
  let browser: Browser;
  let stage: ServedStage;
  let watched: WatchedPage;
  let page: Page;
  let agentId: string;

  beforeAll(async () => {
    const test = { onTestFinished: (clean: () => Promise<void>) => void cleaners.push(clean) };
    stage = await openServedStage(test, { script: script().otherwise(answer) });
    stage.write("long.txt", Array.from({ length: LINES }, (_, index) => `line ${index + 1} of it`).join("\n"));
    commitAll(stage.workspace);
    const made = await stage.ask("POST", "/api/v1/agents", { role: "scout", name: "Reader" });
    ({ agentId } = (await made.json()) as { agentId: string });
    browser = await launchBrowser(program ?? "");
    watched = await openWatchedPage(await browser.newContext());
    page = watched.page;
    await page.goto(await stage.link());
    await page.getByRole("heading", { name: "Fleet", level: 1 }).waitFor();
    await page.goto(`${stage.url}/agents/${agentId}`);
    await page.getByRole("heading", { name: "Reader", level: 1 }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    for (const clean of cleaners) await clean();
  });

  const log = () => page.getByRole("log");
  const send = async (text: string) => {
    await page.getByLabel("Message to Reader").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  };

  test("shows what is said to it and what it does, live, and takes nothing of it for HTML", async () => {
    await send("Please read it.");
    await log().getByText("It is long.").waitFor();
    await log().getByText("cat long.txt").waitFor();
    await log().locator("strong", { hasText: "all" }).first().waitFor();
    await log().getByText(HOSTILE, { exact: false }).first().waitFor();
    expect(await log().locator("img, b").count()).toBe(0);
    expect(await page.title()).toContain("Reader");
    await expectAccessible(page);
  });

  test("has the whole result of a call, of which the timeline shows a few lines", async () => {
    expect(await log().getByText(`line ${LINES} of it`).count()).toBe(0);
    await page.getByRole("button", { name: "whole call" }).click();
    const result = page.getByRole("region", { name: "Result" });
    await result.getByText(`line ${LINES} of it`).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await result.waitFor({ state: "detached" });
  });

  test("shows only the kinds and words that are asked for, and keeps them in its address", async () => {
    await page.getByRole("button", { name: "Thinking" }).click();
    await log().getByText("It is long.").waitFor({ state: "detached" });
    await page.getByRole("searchbox", { name: "Search the timeline" }).fill("nothing has these words");
    await page.getByText("Nothing here has these words.").waitFor();
    expect(new URL(page.url()).searchParams.get("search")).toBe("nothing has these words");
    await page.getByRole("searchbox", { name: "Search the timeline" }).fill("");
    await page.getByRole("button", { name: "Thinking" }).click();
    await log().getByText("It is long.").waitFor();
  });

  test("has its log files as they are", async () => {
    await page.getByRole("button", { name: "text.txt" }).click();
    await page.getByRole("region", { name: "text.txt" }).getByText("I have read **all** of it.").waitFor();
    await page.keyboard.press("Escape");
  });

  test("goes on by itself after a restart of the server, and shows what was said meanwhile once", async () => {
    await stage.restart();
    await page.getByText("live", { exact: true }).last().waitFor();
    await send("Still there?");
    await log().getByText("heard: Still there?").first().waitFor();
    expect(await log().getByText("cat long.txt").count()).toBe(1);
  });

  test("shows what it is writing while it writes it, and stops it on request", async () => {
    await send("Tell a story.");
    const writing = log()
      .getByRole("article")
      .filter({ hasText: /^writes/ });
    await writing.getByText("Once upon a time there was a builder.").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Interrupt" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Interrupt" }).click();
    await log().getByText("is to be interrupted").waitFor();
    await writing.waitFor({ state: "detached" });
  });

  test("asks before it deletes the agent, and says so when its records are removed under its eyes", async () => {
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Delete Reader" });
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Remove its records" }).waitFor();
    const removed = await stage.ask("DELETE", `/api/v1/agents/${agentId}?record=true`, {});
    expect(removed.ok).toBe(true);
    await page.getByText("The records of this agent have just been removed.").waitFor();
    await expectAccessible(page);
  });
});
