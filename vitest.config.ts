import { defineConfig } from "vitest/config";

/** Tests that start processes (the Claude CLI, git, the orchestrator itself) and so want a worker of their own. */
const PROCESS_TESTS = ["**/*.integration.test.ts", "e2e/**/*.test.ts"];
const NEVER = ["**/node_modules/**", "**/dist/**", "**/bundle/**"];
/** What is built is run by Node itself, as a user's is; transformed once more it would be loaded anew for every file. */
const BUILT = /\/packages\/[^/]+\/dist\//;

export default defineConfig({
  test: {
    globalSetup: "temporary-folder.ts",
    // A parent-death signal follows the thread that spawned the child: processes only, no worker threads.
    pool: "forks",
    // One more than two cores: many tests wait, for limits, leases and ends, and use no core meanwhile.
    maxWorkers: 3,
    server: { deps: { external: [BUILT] } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/**/*.test.ts"],
          exclude: [...NEVER, ...PROCESS_TESTS],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "processes",
          include: PROCESS_TESTS,
          exclude: NEVER,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
