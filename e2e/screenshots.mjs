/** Takes the pictures of the page that the README shows: `node e2e/screenshots.mjs`. What is in them is a rehearsal. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAccess } from "@claude-orchestrator/server";
import { chromium } from "playwright-core";

const PROGRAM = fileURLToPath(new URL("../packages/cli/bin/orchestrator.js", import.meta.url));
const IMAGES = fileURLToPath(new URL("../docs/images/", import.meta.url));
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 800 };

const home = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-pictures-")));
const work = join(home, "shop");
mkdirSync(work);
const access = openAccess(home);
const { token, tokenId } = await access.createToken("pictures", "admin");
const environment = { ...process.env, ORCHESTRATOR_HOME: home, HOME: home };
const run = (...args) =>
  spawn(process.execPath, [PROGRAM, ...args], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
const server = run("serve", "--rehearse", "--no-open", "--port", "0", "--directory", work);
const url = /http:\/\/[\d.:]+/.exec(String((await once(server.stdout, "data"))[0]))[0];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

async function openPage(colorScheme, viewport) {
  const page = await (await browser.newContext({ colorScheme, viewport })).newPage();
  await page.goto(`${url}/sign-in#${await access.createCode(tokenId)}`);
  await page.getByRole("heading", { name: "Fleet" }).waitFor();
  return page;
}
const take = (page, name) => page.screenshot({ path: join(IMAGES, `${name}.png`) });
const ask = async (path) =>
  (await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).json();

try {
  const light = await openPage("light", WIDE);
  const demo = run("demo");
  demo.stdout.resume();
  const ended = once(demo, "exit");
  await light.getByRole("region", { name: "Living agents" }).getByText("builder").first().waitFor({ timeout: 60_000 });
  await light.waitForTimeout(1_500);
  await take(light, "fleet");
  await ended;
  const [task] = (await ask("/tasks")).items;
  const builder = (await ask(`/agents?taskId=${task.taskId}`)).items.find((agent) => agent.role === "builder");

  await light.goto(`${url}/tasks/${task.taskId}`);
  await light
    .getByRole("region", { name: "Steps" })
    .getByRole("button", { name: "check-builder", exact: true })
    .click();
  await light.waitForTimeout(1_000);
  await take(light, "task");
  const dark = await openPage("dark", WIDE);
  await dark.goto(`${url}/agents/${builder.agentId}`);
  await dark.getByRole("log").getByText("Done.").waitFor();
  await dark.waitForTimeout(500);
  await take(dark, "agent");
  await light.goto(`${url}/new`);
  await light
    .getByRole("textbox", { name: "Prompt" })
    .fill("Fix the bug in the basket: the total leaves out the discount, and find out why the tests did not notice");
  await light
    .getByRole("complementary", { name: "What the task comes to" })
    .getByText("reviewer")
    .filter({ visible: true })
    .first()
    .waitFor();
  await light.waitForTimeout(500);
  await take(light, "new-task");
  const phone = await openPage("dark", PHONE);
  await phone.goto(`${url}/tasks/${task.taskId}`);
  await phone.getByRole("region", { name: "Workflow" }).waitFor();
  await phone.waitForTimeout(500);
  await take(phone, "phone");
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await once(server, "exit");
  rmSync(home, { recursive: true, force: true });
}
