import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openAccess } from "@claude-orchestrator/server";
import { chromium } from "playwright-core";
import { measureLongTask } from "./long-task.mjs";
import { median, ROOT, removeFolder } from "./measure.mjs";

const PROGRAM = join(ROOT, "packages/cli/bin/orchestrator.js");
const AGENTS = 10;
const TOKEN_EVERY_MS = 50;
const QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];
const LIMIT_MS = 60_000;

/** What the page costs, and how soon it shows what happens. */
export async function page({ quick }) {
  const program = ["chromium", "chromium-browser", "google-chrome"].find(
    (name) => spawnSync(name, ["--version"]).status === 0,
  );
  if (!program)
    return {
      title: "The page",
      about: "Chromium is not installed: nothing was measured.",
      columns: [],
      rows: [],
      aims: [],
    };
  const executablePath = spawnSync("which", [program], { encoding: "utf8" }).stdout.trim();
  const browser = await chromium.launch({ executablePath, args: QUIET });
  try {
    const stream = await measureStream(browser, quick ? 5_000 : 20_000);
    const long = await measureLongTask(browser, openServer, quick ? 5_000 : 100_000);
    return report(stream, long);
  } finally {
    await browser.close();
  }
}

/** A server of its own on a data folder of its own, with a browser that is signed in. */
export async function openServer(browser, environment = {}) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-bench-page-")));
  const work = join(home, "work");
  mkdirSync(work);
  const access = openAccess(home);
  const { token, tokenId } = await access.createToken("bench", "operator");
  const server = spawn(process.execPath, [PROGRAM, "serve", "--port", "0", "--no-open", "--directory", work], {
    env: { PATH: process.env.PATH, HOME: home, ORCHESTRATOR_HOME: home, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = /http:\/\/[\d.:]+/.exec(String((await once(server.stdout, "data"))[0]))[0];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const tab = await context.newPage();
  return {
    home,
    url,
    tab,
    context,
    signIn: async () => {
      await tab.goto(`${url}/sign-in#${await access.createCode(tokenId)}`);
      await tab.getByRole("heading", { name: "Fleet" }).waitFor();
    },
    async ask(method, path, body) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
      return answer.status === 204 ? null : answer.json();
    },
    async close() {
      await context.close();
      server.kill("SIGTERM");
      await once(server, "exit");
      removeFolder(home);
    },
  };
}

/** Ten agents write at once; one of them is looked at. Each piece says when the endpoint has sent it. */
async function measureStream(browser, forMs) {
  const endpoint = await startTalker(forMs);
  const served = await openServer(browser, {
    ANTHROPIC_BASE_URL: endpoint.url,
    ORCHESTRATOR_MAX_PARALLEL_AGENTS: String(AGENTS),
  });
  try {
    const firstLoad = await countBytes(served);
    const ids = [];
    for (let number = 0; number < AGENTS; number += 1)
      ids.push((await served.ask("POST", "/agents", { role: "scout", name: `agent ${number}` })).agentId);
    await served.tab.goto(`${served.url}/agents/${ids[0]}`);
    await served.tab.getByRole("log").waitFor();
    await served.tab.evaluate(WATCH);
    for (const id of ids) await served.ask("POST", `/agents/${id}/messages`, { text: "Talk" });
    await endpoint.allTalk(AGENTS);
    await pause(forMs);
    const delays = await served.tab.evaluate("[...globalThis.seen.values()]");
    for (const id of ids) await served.ask("DELETE", `/agents/${id}`);
    return { firstLoad, delays };
  } finally {
    await served.close();
    await endpoint.close();
  }
}

/** Runs in the page: notes for each piece how long after its sending it stood there when a frame was drawn. */
const WATCH = `(() => {
  const log = document.querySelector("[role=log]");
  const seen = (globalThis.seen = new Map());
  let isAsked = false;
  const look = () => {
    isAsked = false;
    const nowMs = Date.now();
    for (const [, stamp] of log.textContent.matchAll(/<(\\d{13})>/g))
      if (!seen.has(stamp)) seen.set(stamp, nowMs - Number(stamp));
  };
  new MutationObserver(() => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(look);
  }).observe(log, { subtree: true, childList: true, characterData: true });
})()`;

/** What a first visit to the fleet loads, compressed as it comes. */
async function countBytes({ context, tab, signIn }) {
  await signIn();
  const session = await context.newCDPSession(tab);
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await tab.reload({ waitUntil: "networkidle" });
  await session.detach();
  return bytes;
}

/** An endpoint that writes the time, piece by piece. */
async function startTalker(forMs) {
  let talking = 0;
  let tell = () => {};
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    if (!request.url.startsWith("/v1/messages") || request.url.includes("count_tokens"))
      return response.writeHead(404).end("{}");
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (type, data) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
    const usage = { input_tokens: 10, output_tokens: 1 };
    const message = { id: `msg_${Date.now()}`, type: "message", role: "assistant", model: JSON.parse(body).model };
    send("message_start", { message: { ...message, content: [], stop_reason: null, usage } });
    send("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
    talking += 1;
    tell();
    for (
      const untilMs = Date.now() + forMs * 1.5;
      Date.now() < untilMs && !response.destroyed;
      await pause(TOKEN_EVERY_MS)
    )
      send("content_block_delta", { index: 0, delta: { type: "text_delta", text: `<${Date.now()}> ` } });
    send("content_block_stop", { index: 0 });
    send("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 100 } });
    send("message_stop", {});
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    allTalk: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${talking} agents talk`)), LIMIT_MS);
        tell = () => {
          if (talking < count) return;
          clearTimeout(timer);
          resolve();
        };
        tell();
      }),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1];

function report({ firstLoad, delays }, long) {
  const p99 = quantile(delays, 0.99);
  const kilobytes = firstLoad / 1_000;
  const { events, paintMs, shortPaintMs, frames, heapMegabytes } = long;
  const longest = Math.max(...frames);
  return {
    title: "The page",
    about: `${AGENTS} agents write at once, a piece every ${TOKEN_EVERY_MS} ms; for ${delays.length} pieces of the one that is looked at it was measured how long after the endpoint had sent them they were drawn, which includes the Claude CLI. Then an agent with ${events} events was opened, and scrolled up through ${frames.length} frames.`,
    baseline: "for the long agent: the same page with 100 events.",
    columns: ["what", "measured"],
    rows: [
      ["first visit, compressed, with the chart of the pulse", `${kilobytes.toFixed(0)} kB`],
      ["piece of text to the screen, half of them within", `${median(delays).toFixed(0)} ms`],
      ["99 of 100 within", `${p99.toFixed(0)} ms`],
      [`first useful paint with ${events} events`, `${paintMs.toFixed(0)} ms`],
      ["with 100 events", `${shortPaintMs.toFixed(0)} ms`],
      ["ratio", (paintMs / shortPaintMs).toFixed(2)],
      ["frames while scrolling, median and longest", `${median(frames).toFixed(0)} ms, ${longest.toFixed(0)} ms`],
      ["heap after scrolling", `${heapMegabytes.toFixed(0)} MB`],
    ],
    aims: [
      { aim: "99 of 100 pieces within 150 ms", measured: `${p99.toFixed(0)} ms`, holds: p99 < 150 },
      { aim: "first visit under 250 kB", measured: `${kilobytes.toFixed(0)} kB`, holds: kilobytes < 250 },
      { aim: "first useful paint under 1 s", measured: `${paintMs.toFixed(0)} ms`, holds: paintMs < 1_000 },
      { aim: "no frame over 50 ms", measured: `${longest.toFixed(0)} ms`, holds: longest <= 50 },
      { aim: "heap under 150 MB", measured: `${heapMegabytes.toFixed(0)} MB`, holds: heapMegabytes < 150 },
    ],
  };
}
