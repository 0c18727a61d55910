// @ts-check
/**
 * A web service that embeds the library: `node examples/webhook.mjs`
 *
 * In a rehearsal it calls itself and ends; with `--real` it serves until Ctrl-C.
 * Loopback only, and nobody gets in without the token: whoever may post a prompt may run commands.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import { script } from "@claude-orchestrator/rehearsal";
import { echo, handOver, play } from "./stage.mjs";

const MAX_BODY_CHARACTERS = 64_000;

await play(
  async ({ options, signal, isRehearsal }) => {
    // One orchestrator for the whole process, opened before the first request.
    const orchestrator = new Orchestrator({ ...options, maxParallelAgents: 4 });
    await orchestrator.start();
    const token = randomBytes(24).toString("base64url");
    /** One agent for each chat, kept by its id. Keep this in your own database: an agent outlives the process. */
    const agentOfChat = /** @type {Map<string, Promise<string>>} */ (new Map());
    const running = /** @type {Set<Promise<unknown>>} */ (new Set());

    /** @param {string} chat */
    const findAgent = (chat) => {
      const name = `chat ${chat}`.slice(0, 100);
      // The promise is kept, so that two messages at once do not make two agents.
      const agent = agentOfChat.get(chat) ?? orchestrator.createAgent({ role: "scout", name });
      agentOfChat.set(chat, agent);
      return agent;
    };

    /** @param {string} route @param {Record<string, unknown>} body */
    const answer = async (route, body) => {
      if (route === "POST /messages") {
        const reply = await orchestrator.sendToAgent(await findAgent(String(body.chat)), String(body.text), { signal });
        return { status: 200, body: { status: reply.status, text: reply.text, error: reply.error } };
      }
      if (route === "POST /tasks") return { status: 202, body: { taskId: await startTask(String(body.prompt)) } };
      const taskId = /^GET \/tasks\/(\w+)$/.exec(route)?.[1];
      if (!taskId) return { status: 404, body: { error: "no such address" } };
      const { status, output, error, costUsd } = await orchestrator.getTaskDetails(taskId);
      return { status: 200, body: { status, output, error, costUsd } };
    };

    /** Answers with the id as soon as the task is recorded; the task goes on. @param {string} prompt */
    const startTask = (prompt) =>
      /** @type {Promise<string>} */ (
        new Promise((resolve, reject) => {
          const task = orchestrator
            .executeCustomWorkflow({ prompt, roles: ["scout"], budgetUsd: 0.5, signal, onCreated: resolve })
            .catch(reject)
            .finally(() => running.delete(task));
          running.add(task);
        })
      );

    const server = createServer(async (request, response) => {
      /** @param {number} status @param {unknown} body */
      const send = (status, body) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      };
      try {
        if (request.headers.authorization !== `Bearer ${token}`) return send(401, { error: "the token is missing" });
        let text = "";
        for await (const chunk of request.setEncoding("utf8")) {
          text += chunk;
          if (text.length > MAX_BODY_CHARACTERS) return send(413, { error: "the message is too long" });
        }
        const result = await answer(`${request.method} ${request.url}`, JSON.parse(text || "{}"));
        send(result.status, result.body);
      } catch (error) {
        // Codes, messages and hints are meant for users; anything else stays in your log.
        if (!OrchestratorError.is(error)) return send(error instanceof SyntaxError ? 400 : 500, { error: "failed" });
        const { code, message, hint } = error;
        send(code === "not_found" ? 404 : error.exitCode === 2 ? 400 : 500, { error: { code, message, hint } });
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}`;

    if (isRehearsal) await tryIt(url, token);
    else {
      console.log(`curl -H "Authorization: Bearer ${token}" -d '{"chat":"1","text":"What is here?"}' ${url}/messages`);
      if (!signal.aborted) await once(signal, "abort");
    }

    // Graceful: no new requests, then the running tasks end (an aborted signal has cancelled them), then stop.
    server.close();
    server.closeIdleConnections();
    await Promise.allSettled(running);
    await orchestrator.stop();
  },
  script().role("scout", (call) =>
    call.toolNames.includes("StructuredOutput") ? handOver(call, "Two files.") : echo(call),
  ),
);

/** What a caller would do. @param {string} url @param {string} token */
async function tryIt(url, token) {
  /** @param {string} path @param {object} [body] */
  const call = async (path, body) => {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${token}`, connection: "close" },
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: /** @type {any} */ (await response.json()) };
  };
  for (const said of ["anna one", "anna two", "ben one"]) {
    const [chat = "", text] = said.split(" ");
    const { body } = await call("/messages", { chat, text });
    console.log(`${chat.padEnd(8)} ${body.text}`);
  }
  const { status, body } = await call("/tasks", { prompt: "What is here?" });
  console.log(`task     ${status}`);
  let task = await call(`/tasks/${body.taskId}`);
  while (["queued", "running"].includes(task.body.status)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    task = await call(`/tasks/${body.taskId}`);
  }
  console.log(`task     ${task.body.status}: ${task.body.output}`);
  console.log(`unknown  ${(await call("/tasks/task_nothing")).body.error.code}`);
  console.log(`stranger ${(await fetch(`${url}/tasks/x`, { headers: { connection: "close" } })).status}`);
}
