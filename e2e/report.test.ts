import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { TaskResult } from "@claude-orchestrator/core";
import { reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, it } from "vitest";
import { findBrowser, QUIET } from "./browser.js";
import { commitAll, handOver, openStage, play, type Stage, type TestContext } from "./fixtures.js";

/** A tag, and an attribute in it; values are in double quotes, and no text holds a bracket that is not escaped. */
const TAG = /<[a-z][^<>]*>/g;
const ATTRIBUTE = /\s([a-zA-Z:-]+)="([^"]*)"/g;
const TEST = `import test from "node:test";
import assert from "node:assert";
import { answer } from "../src/answer.js";
test("the answer is right", () => assert.equal(answer(), 42));
`;
/** What an agent may say: it must stay text. */
const SAID = `Mended. <img src="http://127.0.0.1:9/said.png"><script>document.title = "run"</script>`;

interface Reported {
  stage: Stage;
  result: TaskResult;
  html: string;
  /** Where the report was written. */
  path: string;
}

/** Runs a task whose builder mends a function and whose check passes, and writes its report to disk. */
async function report(test: TestContext): Promise<Reported> {
  const script = play({
    builder: [
      reply().tool("Bash", { command: "sed -i s/41/42/ src/answer.js" }),
      reply().handoff({ summary: SAID, filesCreated: [], filesModified: ["src/answer.js"] }),
    ],
    tester: [(call) => handOver(call)],
  });
  const stage = await openStage(test, { script, git: true });
  stage.write("package.json", JSON.stringify({ name: "answer", type: "module", scripts: { test: "node --test" } }));
  stage.write("src/answer.js", "export const answer = () => 41;\n");
  stage.write("test/answer.test.js", TEST);
  commitAll(stage.workspace);
  const orchestrator = await stage.orchestrator();
  const result = await orchestrator.execute({ prompt: "Mend the answer", taskType: "simple_fix" });
  expect(result).toMatchObject({ status: "completed", error: null });
  const html = await orchestrator.renderReport(result.taskId);
  const path = join(stage.home, "report.html");
  writeFileSync(path, html);
  return { stage, result, html, path };
}

describe("the report of a real task", () => {
  it("has the change, the evidence and nothing that leads out of it", async (test) => {
    const { result, html } = await report(test);
    for (const line of ["-export const answer = () =&gt; 41;", "+export const answer = () =&gt; 42;"])
      expect(html).toContain(line);
    const proof = result.checks.find((check) => check.passed && check.outcome === "passed");
    const failed = result.checks.find((check) => check.outcome === "failed");
    expect(html).toContain("completed: proven by checks");
    expect(html).toContain("<dt>Command</dt><dd><code>npm test</code></dd>");
    expect(html).toContain("<dt>Exit code</dt><dd>0</dd>");
    for (const check of [proof, failed]) expect(html).toContain(check?.logHash ?? "no such check");
    // The log of the check before the work is read from its file, and is the one whose hash was recorded.
    expect(html).toContain("not ok 1 - the answer is right");
    expect(html).not.toContain("it no longer has the hash");
    expect(html).toContain(result.workspaces[0]?.branch ?? "no branch");

    const attributes = (html.match(TAG) ?? []).flatMap((tag) =>
      [...tag.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => ({ name, value })),
    );
    expect(attributes.length).toBeGreaterThan(100);
    expect(attributes.filter(({ value }) => /https?:|url\(|\/\//i.test(value))).toEqual([]);
    expect(attributes.filter(({ name, value }) => name === "src" || (name === "href" && !/^#/.test(value)))).toEqual(
      [],
    );
    expect(html).not.toMatch(/<(script|img|link|iframe|object|embed|base)\b/);
    expect(html).not.toMatch(/@import|url\(/);
  });

  it("is written while a task still runs, and of one that has no checks", async (test) => {
    const script = play({ scout: [reply().tool("Glob", { pattern: "*" }), (call) => handOver(call)] });
    const stage = await openStage(test, { script });
    const orchestrator = await stage.orchestrator();
    let early: Promise<string> | null = null;
    const onCreated = (taskId: string) => {
      early = orchestrator.renderReport(taskId);
    };
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"], onCreated });
    expect(await early).toContain("not yet");
    expect(await orchestrator.renderReport(result.taskId.slice(0, 10))).toContain("unverified: no check has proven it");
    await expect(orchestrator.renderReport("task_none")).rejects.toMatchObject({ code: "not_found" });
  });

  it("loads nothing when a browser opens it from disk", { timeout: 300_000 }, async (test) => {
    const browser = requireBrowser(test);
    const { path, stage } = await report(test);
    const asked = await countRequests(test);
    // The count itself is held against a page that does load something.
    const control = join(stage.home, "control.html");
    writeFileSync(control, '<!doctype html><img src="http://asked.invalid/control.png" alt="">');
    await open(browser, control, stage.home, asked.port);
    expect(asked.hosts()).toContain("asked.invalid");
    asked.forget();
    const page = await open(browser, path, stage.home, asked.port);
    expect(asked.hosts()).toEqual([]);
    expect(page).toContain("completed: proven by checks");
    expect(page).toContain("<title>Mend the answer");
  });
});

/** A browser; without one the test is skipped. */
function requireBrowser(context: { skip(note: string): void }): string {
  const found = findBrowser();
  if (found === null) context.skip("Chromium is not installed");
  return found ?? "";
}

/** Whatever the browser asks of anybody comes to this proxy, which answers nothing. */
async function countRequests(test: TestContext) {
  let hosts: string[] = [];
  const server = createServer((request, response) => {
    hosts.push(URL.canParse(request.url ?? "") ? new URL(request.url ?? "").hostname : String(request.headers.host));
    response.writeHead(502).end();
  });
  server.on("connect", (request, socket) => {
    hosts.push(String(request.url).replace(/:\d+$/, ""));
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
  /** The browser's own upkeep, whatever page is open. */
  const isUpkeep = (host: string) => /(^|\.)(google|googleapis|gstatic|gvt1|gvt2|chromium)\.(com|org)$/.test(host);
  return {
    port: (server.address() as AddressInfo).port,
    hosts: () => hosts.filter((host) => !isUpkeep(host)),
    forget() {
      hosts = [];
    },
  };
}

/** Opens a file in a browser of its own, without a window. @returns the document as the browser has it in the end */
async function open(browser: string, path: string, home: string, proxyPort: number): Promise<string> {
  const { stdout } = await promisify(execFile)(
    browser,
    [
      ...["--headless", ...QUIET],
      ...[`--user-data-dir=${join(home, "browser")}`, `--proxy-server=http://127.0.0.1:${proxyPort}`],
      ...["--proxy-bypass-list=<-loopback>", "--dump-dom", pathToFileURL(path).href],
    ],
    { timeout: 50_000, maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout;
}
