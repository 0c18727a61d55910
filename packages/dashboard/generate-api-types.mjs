/**
 * Writes `src/api/schema.d.ts`, the types of the API, out of the description that the server makes of its own schemas.
 * With `--check` it writes nothing, and fails when the file is not what it would write.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Orchestrator } from "@claude-orchestrator/core";
import { startServer } from "@claude-orchestrator/server";
import openapiTypescript, { astToString } from "openapi-typescript";

const target = fileURLToPath(new URL("src/api/schema.d.ts", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "orchestrator-api-types-"));
const server = await startServer({
  directories: [home],
  version: "0.1.0",
  create: () => new Orchestrator({ home, workingDirectory: home }),
});
try {
  const types = astToString(await openapiTypescript(server.describe()));
  const text = `// Made by generate-api-types.mjs out of the server's schemas. Do not edit.\n\n${types}`;
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (readFileSync(target, "utf8") !== text) {
    console.error("packages/dashboard/src/api/schema.d.ts is not up to date. Run: npm run generate");
    process.exitCode = 1;
  }
} finally {
  await server.close();
  rmSync(home, { recursive: true, force: true });
}
