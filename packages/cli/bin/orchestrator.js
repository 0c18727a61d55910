#!/usr/bin/env node
// Committed, so that `npm ci` has something to link the command to before anything is built.
import { existsSync } from "node:fs";

const program = new URL("../bundle/main.js", import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error("The orchestrator is not built yet.\nRun: npm run build");
  process.exitCode = 2;
}
