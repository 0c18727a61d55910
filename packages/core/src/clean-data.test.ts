import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanData } from "./clean-data.js";
import type { NewEvent } from "./domain/index.js";
import { hostId, processStart } from "./ownership/index.js";
import { openSqliteStore, type Store } from "./store/index.js";

let home: string;
let store: Store;
let databasePath: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "orchestrator-clean-"));
  databasePath = join(home, "orchestrator.db");
  store = await openSqliteStore({ path: databasePath });
});
afterEach(async () => {
  await store.close();
  rmSync(home, { recursive: true, force: true });
});

const clean = (dryRun: boolean) => cleanData({ store, config: { home, databasePath }, dryRun });

/** An agent that has said a lot, and is gone with its records. */
async function makeRoom(): Promise<void> {
  const subject = { taskId: null, stepKey: null, agentId: "agent_a" };
  const settings = { writes: false, effort: null, fallbackModel: null, sandbox: false };
  const limits = { maxTurns: 60, timeoutMinutes: 30, maxTokens: null };
  const who = { name: "A", role: "scout", model: "sonnet", tools: [], systemPrompt: "", workingDirectory: "/" };
  const data = { ...who, logDirectory: null, rehearsal: false, settings: { ...settings, ...limits } };
  const said: NewEvent = { ...subject, type: "agent.output", data: { text: "x".repeat(7_000) } };
  await store.append([{ ...subject, type: "agent.created", data }]);
  for (let round = 0; round < 10; round += 1) await store.append(Array.from({ length: 30 }, () => said));
  await store.append([{ ...subject, type: "agent.deleted", data: {} }]);
  await store.deleteAgentRecord("agent_a");
}

describe("room in the database", () => {
  test("is given back, and a dry run says so before", async () => {
    await makeRoom();
    const [would] = await clean(true);
    expect(would).toMatchObject({ kind: "database", what: databasePath, action: "compacted" });
    const [done] = await clean(false);
    expect(done).toMatchObject({ action: "compacted", bytes: expect.any(Number) });
    expect(done?.bytes).toBeGreaterThan(1_000_000);
    expect(statSync(databasePath).size).toBeLessThan(500_000);
    expect(await clean(false)).toEqual([]);
    expect(await store.check()).toEqual([]);
  });

  test("is left while somebody works, who would have to wait", async () => {
    await makeRoom();
    const pidStarted = processStart(process.pid) ?? "";
    const owner = {
      ownerId: "owner_a",
      host: hostId(),
      pid: process.pid,
      pidStarted,
      leaseUntilMs: Date.now() + 60_000,
    };
    await store.putOwner(owner);
    expect(await clean(false)).toMatchObject([
      { kind: "database", action: "kept", reason: expect.stringContaining("wait") },
    ]);
  });

  test("is not worth it where little is empty", async () => {
    expect(await clean(false)).toEqual([]);
    expect(readdirSync(home).filter((name) => !name.startsWith("orchestrator.db"))).toEqual([]);
  });
});

describe("folders of workspaces", () => {
  test("are removed where nothing but our own indexes is left, and kept where anything else is", async () => {
    const workspaces = join(home, "workspaces");
    for (const name of ["task_empty", "task_work/app"]) mkdirSync(join(workspaces, name), { recursive: true });
    writeFileSync(join(workspaces, "task_empty", "index-builder"), "");
    expect(await clean(false)).toMatchObject([{ kind: "folder", what: join(workspaces, "task_empty") }]);
    expect(readdirSync(workspaces)).toEqual(["task_work"]);
  });

  test("are not what a file is that somebody has put beside them", async () => {
    mkdirSync(join(home, "workspaces"));
    writeFileSync(join(home, "workspaces", "notes.txt"), "what I found out");
    expect(await clean(false)).toEqual([]);
    expect(readdirSync(join(home, "workspaces"))).toEqual(["notes.txt"]);
  });
});
