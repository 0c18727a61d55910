import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./config/index.js";
import { Wiring } from "./wiring.js";

let root: string;
let wiring: Wiring;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-wiring-")));
  const environment = { HOME: root, ORCHESTRATOR_HOME: join(root, "data"), ANTHROPIC_API_KEY: "none" };
  const config = loadConfig({ environment, workingDirectory: root });
  wiring = new Wiring({ config, environment, workingDirectory: root, endpoint: null });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "keep me");
  return file;
}

/** Names come from the database, and a repository may bring a database of its own. */
describe("removing what belongs to an id", () => {
  test("removes the logs of that id", async () => {
    const log = put("data/logs/task_a/agent_b-scout/text.txt");
    const other = put("data/logs/task_b/agent_c-scout/text.txt");
    await wiring.removeLogs("task_a");
    expect([existsSync(log), existsSync(other)]).toEqual([false, true]);
  });

  test.each([[["task_/../../../victim"]], [["../../victim"]], [["agents", ".."]], [["agents", ""]], [["."]], [[""]]])(
    "removes nothing for names that lead elsewhere: %j",
    async (names) => {
      const files = [put("victim/file"), put("data/logs/agents/agent_a-scout/text.txt"), put("data/orchestrator.db")];
      await wiring.removeLogs(...names);
      expect(files.map((file) => existsSync(file))).toEqual([true, true, true]);
    },
  );

  test("removes the conversation of a session, and nothing for what is no session's id", async () => {
    const session = "0b9d4ab6-52f0-4a48-9a4f-0a4d1f6a8c11";
    const conversation = put(`data/claude/projects/-work/${session}.jsonl`);
    const other = put("data/claude/projects/other/file");
    const workingDirectory = "/work";
    await wiring.runtime.deleteConversation({ sessionId: "../other", workingDirectory });
    await wiring.runtime.deleteConversation({ sessionId: null, workingDirectory });
    expect([existsSync(conversation), existsSync(other)]).toEqual([true, true]);
    await wiring.runtime.deleteConversation({ sessionId: session, workingDirectory });
    expect([existsSync(conversation), existsSync(other)]).toEqual([false, true]);
  });
});
