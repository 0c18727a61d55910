import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalEngine } from "../engine/index.js";
import { takeOwnership } from "../ownership/index.js";
import { openSqliteStore } from "../store/index.js";
import { testEngine } from "./conformance.testsuite.js";

/** Child processes cannot run TypeScript: they use what `npm run build` made. */
const BUILT_DATABASE = new URL("../../dist/store/sqlite/database.js", import.meta.url).href;

/** Holds the lock that every writer needs, and says so. */
const LOCKER = `
  const { openDatabase } = await import(process.argv[1]);
  const [, , path, holdMs] = process.argv;
  const database = openDatabase(path);
  database.exec("BEGIN IMMEDIATE");
  console.log("locked");
  setTimeout(() => { database.exec("COMMIT"); database.close(); }, Number(holdMs));
`;

/** The local engine over SQLite. */
testEngine({
  name: "the local engine",
  async createPlace() {
    const folder = mkdtempSync(join(tmpdir(), "orchestrator-conformance-"));
    return {
      folder,
      address: join(folder, "o.db"),
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  openStore: ({ address }) => openSqliteStore({ path: address }),
  openEngine({ store, ownerId, executor, maxRunning }) {
    const executors = {
      agent: executor,
      plan: executor,
      baseline: executor,
      check: executor,
      merge: executor,
      conflict: executor,
    };
    const ownership = takeOwnership({ store, ownerId, onTrouble: () => {} });
    const engine = createLocalEngine({ store, executors, ownership, maxParallelAgents: maxRunning });
    return {
      engine,
      async close() {
        await engine.stop();
        await ownership.signOff();
      },
    };
  },
  hostProgram: new URL("./local-host.mjs", import.meta.url),
  async lock({ address }, holdMs) {
    const args = ["--input-type=module", "-e", LOCKER, BUILT_DATABASE, address, String(holdMs)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const released = once(child, "exit").then(() => {});
    await once(child.stdout, "data");
    return { released };
  },
  async restart({ address }) {
    // Nobody serves it: whoever opens it first after the last has gone finds what was committed.
    await (await openSqliteStore({ path: address })).close();
  },
});
