import { verifyLedger } from "./verify-ledger.mjs";
import { verifySteps } from "./verify-steps.mjs";

/**
 * Holds what a run has left against the run of the same task that nobody disturbed, and against the endpoint's own log.
 *
 * @param end - what `play` answers
 * @param reference - the same of the undisturbed run; `null` for that run itself
 * @returns everything that is wrong, each with its kind and in words; empty for a sound run
 */
export function verify(end, reference) {
  const { last, repository, records } = end;
  if (!last.result)
    return [{ kind: "lost", text: `the orchestrator ended with ${last.exitCode ?? last.signal}: ${last.errors}` }];
  const expected = reference ?? end;
  // A task that came to another end has all else different as well.
  if (last.result.status !== expected.last.result.status)
    return verifyEnd(end, expected).map((text) => ({ kind: "lost", text }));
  const looks = {
    lost: [...verifyEnd(end, expected), ...verifyResult(repository, expected.repository), ...verifyDatabase(records)],
    repeated: verifySteps(end, expected),
    orphans: verifyProcesses(end),
    leftovers: verifyLeftovers(repository, expected.repository),
    ledger: verifyLedger(end),
    checkout: verifyCheckout(end.checkout),
  };
  return Object.entries(looks).flatMap(([kind, words]) => words.map((text) => ({ kind, text })));
}

function verifyEnd({ last, records, kills, retries }, expected) {
  const { status, error } = last.result;
  const wanted = expected.last.result.status;
  const words = [];
  if (last.errors) words.push(`the orchestrator wrote: ${last.errors}`);
  if (status !== wanted) words.push(`the task is ${status}, not ${wanted}: ${error?.message}`);
  if (records.tasks.length !== 1) words.push(`there are ${records.tasks.length} tasks`);
  const ends = records.events.filter((event) => event.type === "task.ended").length;
  if (ends !== 1 + retries) words.push(`the task has ended ${ends} times`);
  const twice = kills.filter(({ struck }) => struck && !struck.host).length >= 2;
  if (retries > 0 && !twice) words.push("a step was given up although no two agents were killed");
  return words;
}

function verifyCheckout({ before, after }) {
  return Object.keys(before).flatMap((name) =>
    before[name] === after[name] ? [] : [`the user's checkout has another ${name}: ${after[name]}`],
  );
}

function verifyResult(found, expected) {
  const words = [];
  const commits = (steps) => steps.join(", ");
  const gone = expected.refs.filter((ref) => !found.refs.includes(ref));
  if (found.tree !== expected.tree) words.push(`the final tree is ${found.tree}, not ${expected.tree}`);
  if (commits(found.steps) !== commits(expected.steps))
    words.push(`there are commits of ${commits(found.steps)}, not of ${commits(expected.steps)}`);
  if (gone.length > 0) words.push(`refs are missing: ${gone.join(", ")}`);
  if (found.unsound) words.push(`git fsck says: ${found.unsound}`);
  return words;
}

function verifyDatabase({ integrity }) {
  return integrity === "ok" ? [] : [`the database is not sound: ${integrity}`];
}

function verifyLeftovers(found, expected) {
  const words = [];
  const more = found.refs.filter((ref) => !expected.refs.includes(ref));
  const name = (paths) => paths.slice(0, 5).join(", ");
  if (more.length > 0) words.push(`refs are left behind: ${name(more)}`);
  if (found.worktrees !== 1) words.push(`git knows ${found.worktrees - 1} worktrees beside the checkout`);
  if (found.registrations.length > 0) words.push(`worktrees are registered: ${name(found.registrations)}`);
  if (found.workspaces.length > 0) words.push(`workspaces are left behind: ${name(found.workspaces)}`);
  if (found.locks.length > 0) words.push(`locks are left behind: ${name(found.locks)}`);
  return words;
}

function verifyProcesses({ orphansMs, left, zombies, guard }) {
  return [
    ...(orphansMs.includes(null) ? [`a killed orchestrator left orphans behind for too long (${guard})`] : []),
    ...left.map((command) => `a process is left behind: ${command.slice(0, 120)}`),
    ...zombies.map((command) => `a zombie is left behind: ${command.slice(0, 120)}`),
  ];
}
