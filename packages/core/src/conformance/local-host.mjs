import { createLocalEngine } from "../../dist/engine/index.js";
import { takeOwnership } from "../../dist/ownership/index.js";
import { reapOwner } from "../../dist/processes/index.js";
import { openSqliteStore } from "../../dist/store/index.js";
import { hostEngine } from "./host.mjs";

// The local engine over SQLite, in a process of its own.
await hostEngine(async ({ address, ownerId, leaseMs, maxRunning }, { executors, watch, now, onTrouble }) => {
  const store = await openSqliteStore({ path: address, now });
  const ownership = takeOwnership({ store, ownerId, leaseMs, now, onTrouble });
  const engine = createLocalEngine({
    store: watch(store),
    executors,
    ownership,
    maxParallelAgents: maxRunning,
    reap: (gone) => reapOwner(store, gone),
    onTrouble,
  });
  return {
    store,
    engine,
    async close() {
      await engine.stop();
      await ownership.signOff();
      await store.close();
    },
  };
});
