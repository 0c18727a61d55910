import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { openStorage } from "@claude-orchestrator/core/storage";
import { drawsOf } from "./random.mjs";
import { SHAPES } from "./shapes.mjs";

const POLL_MS = 4;
const GUARDS = ["namespace", "namespace", "namespace", "pdeathsig", "watchdog"];
const VICTIMS = ["process", "process", "child", "both"];
/** What a kill may wait for, events in the log and calls at the endpoint, and how often every task sees it at least. */
const BOUNDARIES = {
  ...{ "task.created": 1, "task.started": 1, "workspace.created": 1, "workspace.prepared": 1, "workspace.removed": 1 },
  ...{ "step.started": 5, "step.ended": 5, "check.ended": 3, "workspace.committed": 3, "files.changed": 2 },
  ...{ "agent.created": 2, "agent.started": 2, "agent.prompted": 2, "agent.ended": 2, "agent.deleted": 1 },
  ...{ "tool.started": 5, "tool.ended": 5, "model_call.started": 5, "model_call.ended": 5 },
  ...{ "call begins": 6, "call ends": 6 },
};
const CALLS = ["call begins", "call ends"];

/** Decides everything about a run by its seed, a whole number. */
export function planRun(seed) {
  const { draw, between, pick } = drawsOf(seed);
  const shape = pick(Object.keys(SHAPES));
  const guard = pick(GUARDS);
  const kills = Array.from({ length: between(1, 3) }, (_, position) => {
    const victim = pick(VICTIMS);
    // Less is left to be done after the first.
    const share = draw() * (position === 0 ? 1 : 0.6);
    // Later kills count from where the one before has left the task.
    const what = pick(Object.keys(BOUNDARIES));
    const occurrence = position === 0 ? between(1, BOUNDARIES[what]) : between(1, Math.min(2, BOUNDARIES[what]));
    const boundary = { what, occurrence, extraMs: between(0, 3) === 0 ? 0 : between(0, 120) };
    const moment = between(0, 1) === 0 ? { share } : boundary;
    return { victim, moment, choice: draw(), cliFirst: between(0, 1) === 0, isFollowedAtOnce: between(0, 1) === 0 };
  });
  return { seed, shape, guard, kills };
}

/** How a kill is told in the line of its run; one whose moment never came stands in brackets. */
export function describeKill({ victim, moment, struck }) {
  const when =
    moment.share === undefined
      ? `${moment.what} ${moment.occurrence} +${moment.extraMs} ms`
      : `${Math.round(moment.share * 100)} %`;
  return struck ? `${victim} @ ${when}` : `(${victim} @ ${when})`;
}

/** Events that come in every run of a task alike, however busy the machine is. */
const isProgress = ({ type }) => !/^agent\.(output|thinking|context_measured|checked)$|^permission\./.test(type);

/**
 * The course of an undisturbed task: when each event came, in milliseconds from the start of its process.
 *
 * @param startedAtMs - when the process was started
 */
export function timelineOf(events, startedAtMs) {
  return events.filter(isProgress).map(({ time }) => Date.parse(time) - startedAtMs);
}

/**
 * Waits for the moment of a kill. A share of the undisturbed time is found by the events that had come by then, and
 * the rest by the clock: so kills fall all over the work, also where the machine is busier than it was then.
 *
 * @param timeline - the undisturbed task's
 * @param signal - aborted when the orchestrator's process has ended: then it does not come
 * @returns whether it has come
 */
export async function awaitMoment({ moment }, stage, timeline, signal) {
  const { what, occurrence, extraMs } = moment.share === undefined ? moment : toBoundary(moment.share, timeline);
  if (occurrence === 0) return sleep(extraMs, signal);
  const look = CALLS.includes(what) ? watchCalls(stage, what, occurrence) : watchEvents(stage, what, occurrence);
  try {
    while (!signal.aborted) {
      if (await look.hasCome()) return await sleep(extraMs, signal);
      await sleep(POLL_MS, signal);
    }
    return false;
  } finally {
    await look.close();
  }
}

function toBoundary(share, timeline) {
  const targetMs = share * timeline.at(-1);
  const occurrence = timeline.filter((ms) => ms <= targetMs).length;
  return { what: null, occurrence, extraMs: Math.round(targetMs - (timeline[occurrence - 1] ?? 0)) };
}

/** Kills the orchestrator's process, a Claude CLI of its, or both; answers which, or `null` when nobody was there. */
export async function strike({ victim, choice, cliFirst }, host, processes, signal) {
  const pick = (list) => list[Math.floor(choice * list.length)];
  const clis = () => processes.look().filter((each) => each.isCli);
  let cli = victim === "process" ? null : pick(clis());
  while (victim === "child" && !cli && (await sleep(POLL_MS, signal))) cli = pick(clis());
  if (signal.aborted || (victim === "child" && !cli)) return null;
  const atMs = Date.now();
  const killCli = () => cli && endAtOnce(cli.pid);
  if (cliFirst) killCli();
  if (victim !== "child") host.child.kill("SIGKILL");
  if (!cliFirst) killCli();
  return { atMs, cliPid: cli?.pid ?? null, host: victim !== "child" };
}

function watchCalls({ server }, what, occurrence) {
  const count = () =>
    what === "call begins" ? server.calls.length : server.calls.filter((call) => call.endedAtMs !== null).length;
  const before = count();
  return { hasCome: () => count() >= before + occurrence, close: () => {} };
}

/** Counts events of a type, or all that tell of progress. */
function watchEvents({ database }, what, occurrence) {
  let storage = null;
  let after = null;
  let seen = 0;
  async function hasCome() {
    if (!existsSync(database)) {
      after = 0;
      return false;
    }
    storage ??= await openStorage({ databasePath: database });
    if (after === null) after = (await storage.readEvents({ newestFirst: true, limit: 1 }))[0]?.seq ?? 0;
    const news = await storage.readEvents({ after });
    after = news.at(-1)?.seq ?? after;
    seen += news.filter((event) => (what === null ? isProgress(event) : event.type === what)).length;
    return seen >= occurrence;
  }
  return { hasCome, close: () => storage?.close() };
}

function endAtOnce(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** Whether the time passed before the signal came. */
async function sleep(ms, signal) {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
