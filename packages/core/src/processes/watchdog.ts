import { setTimeout as wait } from "node:timers/promises";
import { signalMarked } from "./guard.js";

/**
 * The watchdog's program. It waits for the end of its input, which is the end of the process that started it, and then
 * ends every process that carries the mark given as its argument.
 */
const marker = process.argv[2] ?? "";
/** Time for an agent to end its own children before it is killed, in milliseconds. */
const GRACE_MS = 1_000;
const ROUNDS = 10;

process.stdin.resume();
process.stdin.on("error", () => {});
process.stdin.once("close", async () => {
  if (!marker.includes("=")) return;
  if (signalMarked(marker, "SIGTERM") === 0) return;
  await wait(GRACE_MS);
  // Again until none is left: a process may have started another between two looks.
  for (let round = 0; round < ROUNDS && signalMarked(marker, "SIGKILL") > 0; round += 1) await wait(50);
});
