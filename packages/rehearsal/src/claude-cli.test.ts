import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { query, type SDKResultMessage, type SDKUserMessage } from "@anthropic-ai/claude-agent-sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  httpError,
  lookAround,
  type RehearsalServer,
  reply,
  type Script,
  script,
  startRehearsalServer,
} from "./index.js";

/** Far more than a start of the CLI and two calls take on a busy machine. */
const LIMIT_MS = 60_000;

const SCHEMA = { type: "object", properties: { summary: { type: "string" } }, required: ["summary"] };

let home = "";
let project = "";
let server: RehearsalServer | null = null;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "rehearsal-home-"));
  project = await mkdtemp(join(tmpdir(), "rehearsal-project-"));
  await writeFile(join(project, "note.txt"), "the secret word is plum\n");
});

afterEach(async () => {
  await server?.close();
  server = null;
  for (const folder of [home, project]) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function* oneMessage(): AsyncGenerator<SDKUserMessage> {
  yield { type: "user", message: { role: "user", content: "Build it" }, parent_tool_use_id: null };
}

async function runClaude(url: string): Promise<SDKResultMessage | undefined> {
  const abortController = new AbortController();
  const timer = setTimeout(() => abortController.abort(), LIMIT_MS - 5_000);
  let result: SDKResultMessage | undefined;
  try {
    const messages = query({
      prompt: oneMessage(),
      options: {
        abortController,
        cwd: project,
        systemPrompt: "Role: builder\nYou build things.",
        tools: ["Read"],
        settingSources: [],
        permissionMode: "dontAsk",
        outputFormat: { type: "json_schema", schema: SCHEMA },
        env: {
          PATH: process.env.PATH,
          HOME: home,
          CLAUDE_CONFIG_DIR: home,
          ANTHROPIC_BASE_URL: url,
          ANTHROPIC_API_KEY: "rehearsal",
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
          CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
          DISABLE_AUTOUPDATER: "1",
        },
      },
    });
    for await (const message of messages) if (message.type === "result") result = message;
  } finally {
    clearTimeout(timer);
  }
  return result;
}

async function perform(play: Script): Promise<{ result: SDKResultMessage | undefined; server: RehearsalServer }> {
  server = await startRehearsalServer({ script: play });
  return { result: await runClaude(server.url), server };
}

describe("the real Claude Code", () => {
  it("reads a file, survives a 429 and hands over", { timeout: LIMIT_MS }, async () => {
    const read = reply()
      .text("Looking")
      .tool("Read", { file_path: join(project, "note.txt") });
    const performed = await perform(
      script().role("builder", [
        read.failFirst(1, httpError(429)),
        (call) => reply().handoff({ summary: call.lastToolResults[0]?.text ?? "nothing" }),
      ]),
    );
    expect(performed.result).toMatchObject({ subtype: "success", is_error: false, terminal_reason: "completed" });
    expect(performed.result).toMatchObject({
      structured_output: { summary: expect.stringContaining("the secret word is plum") },
    });
    const { calls } = performed.server;
    expect(calls.map(({ role, turn, attempt, status }) => ({ role, turn, attempt, status }))).toEqual([
      { role: "builder", turn: 0, attempt: 0, status: 429 },
      { role: "builder", turn: 0, attempt: 1, status: 200 },
      { role: "builder", turn: 1, attempt: 0, status: 200 },
    ]);
    expect(new Set(calls.map((call) => call.sessionId))).toEqual(new Set([performed.result?.session_id]));
    const { inputTokens, outputTokens } = performed.server.usage();
    expect(performed.result?.usage).toMatchObject({ input_tokens: inputTokens, output_tokens: outputTokens });
  });

  it("accepts the value lookAround makes from the schema", { timeout: LIMIT_MS }, async () => {
    const performed = await perform(lookAround());
    expect(performed.result).toMatchObject({ subtype: "success", structured_output: { summary: "rehearsal" } });
    expect(performed.server.calls).toHaveLength(2);
  });
});
