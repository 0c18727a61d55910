import { setTimeout as pause } from "node:timers/promises";
import { awaitMoment, strike } from "./kills.mjs";
import { findZombies, watchProcesses } from "./processes.mjs";
import { readRecords } from "./records.mjs";
import { checkoutOf, repositoryOf } from "./repository.mjs";
import { openStage } from "./stage.mjs";

/** What a killed orchestrator leaves running must be gone by itself in so long: docs/decisions, process guards. */
export const ORPHAN_LIMITS_MS = { auto: 5_000, namespace: 2_000, pdeathsig: 5_000, watchdog: 5_000 };
/** No task of the campaign takes nearly as long. */
const LIFE_LIMIT_MS = 300_000;
const BURIAL_LIMIT_MS = 20_000;
const MOST_LIVES = 8;
const POLL_MS = 20;
/** What a step fails with whose agent was killed twice: by design, for its user to begin again. */
const GIVEN_UP = ["process_exited", "start_failed"];

/**
 * Plays one task to its end, through all its kills.
 *
 * @param plan - the shape, the guard and the kills
 * @param timeline - the course of such a task when nobody is killed
 * @returns what there is at the end, as seen from outside; its `stage` is still open
 */
export async function play({ shape, guard, kills }, timeline) {
  const stage = await openStage(shape, guard);
  const processes = watchProcesses(stage.variable);
  const before = checkoutOf(stage);
  const beganMs = performance.now();
  const startedAtMs = Date.now();
  const story = { stage, guard, kills: kills.map((kill) => ({ ...kill, struck: null })), lives: 0, retries: 0 };
  const orphansMs = [];
  let last;
  try {
    do {
      last = await live(story, processes, timeline);
      story.lives += 1;
      const isLeftAlone = last.killedBy && !last.killedBy.isFollowedAtOnce;
      if (isLeftAlone) orphansMs.push(await silence(processes, ORPHAN_LIMITS_MS[guard]));
      if (last.isGivenUp) story.retries += 1;
    } while ((last.killedBy || last.isGivenUp) && story.lives < MOST_LIVES);
    const seconds = (performance.now() - beganMs) / 1_000;
    await silence(processes, ORPHAN_LIMITS_MS[guard]);
    const taskId = last.result?.taskId;
    return {
      ...story,
      last,
      seconds,
      startedAtMs,
      orphansMs,
      left: processes.look().map((each) => each.command),
      zombies: await awaitBurial(processes),
      checkout: { before, after: checkoutOf(stage) },
      repository: taskId ? repositoryOf(stage, taskId) : null,
      records: taskId ? await readRecords(stage, taskId) : null,
    };
  } finally {
    processes.close();
  }
}

/** One life of the orchestrator's process, to its end or to the kill that ends it. */
async function live({ stage, kills }, processes, timeline) {
  const host = stage.host();
  const over = new AbortController();
  const limit = setTimeout(() => host.child.kill("SIGKILL"), LIFE_LIMIT_MS);
  void host.ended.then(() => over.abort());
  let killedBy = null;
  for (const kill of kills.filter((each) => !each.struck)) {
    if (!(await awaitMoment(kill, stage, timeline, over.signal))) break;
    kill.struck = await strike(kill, host, processes, over.signal);
    if (!kill.struck?.host) continue;
    killedBy = kill;
    break;
  }
  const { exitCode, signal, result, errors } = await host.ended;
  clearTimeout(limit);
  const failures = result?.failures ?? [];
  const isGivenUp = result?.status === "failed" && failures.every((code) => GIVEN_UP.includes(code));
  return { killedBy, exitCode, signal, result, errors, isGivenUp };
}

/** What has ended is taken off the table of processes by its parent: for orphans that is the system, in its own time. */
async function awaitBurial(processes) {
  const beganMs = performance.now();
  let zombies;
  do {
    zombies = findZombies(processes.seen());
    if (zombies.length > 0) await pause(POLL_MS);
  } while (zombies.length > 0 && performance.now() - beganMs < BURIAL_LIMIT_MS);
  return zombies.map((each) => each.command);
}

/** How long it takes until no process of the run is left; `null` when some still are after a time. */
async function silence(processes, limitMs) {
  const beganMs = performance.now();
  while (processes.look().length > 0) {
    if (performance.now() - beganMs > limitMs) return null;
    await pause(POLL_MS);
  }
  return Math.round(performance.now() - beganMs);
}
