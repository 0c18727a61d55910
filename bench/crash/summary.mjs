import { describeKill } from "./kills.mjs";
import { findUnseen } from "./verify-ledger.mjs";
import { whereItFell } from "./where.mjs";

const KINDS = ["lost", "repeated", "orphans", "leftovers", "ledger", "checkout"];

/** What is kept of a run: enough to run it again and to say what has become of it. */
export function toRun({ seed, shape, guard }, end, faults) {
  const { kills, records, stage, lives, retries, seconds, orphansMs } = end;
  const calls = stage.server.calls;
  const told = kills.map((kill) => ({
    what: describeKill(kill),
    victim: kill.victim,
    fell: kill.struck && records ? whereItFell(kill.struck, records, calls) : null,
  }));
  const incomplete = records?.ledger.filter((row) => row.state === "incomplete").length ?? 0;
  const cliLocks = end.repository?.cliLocks ?? 0;
  const unseen = records ? findUnseen(end).length : 0;
  const counts = { lives, retries, seconds, orphansMs, calls: calls.length, incomplete, unseen, cliLocks };
  return { seed, shape, guard, ...counts, kills: told, faults, folder: faults.length > 0 ? stage.root : null };
}

export function describeFaults(faults) {
  return faults.map(({ kind, text }) => `${kind}: ${text}`);
}

/** One line for a run; for one that is not sound also what is wrong, where it lies and how to run it again. */
export function describeRun({ seed, shape, guard, kills, seconds, lives, retries, unseen, faults, folder }) {
  const told = kills.map(({ what, fell }) => (fell ? `${what} in ${fell}` : what)).join("; ");
  const verdict = faults.length > 0 ? "NOT SOUND" : "sound";
  const retried = retries > 0 ? `, ${retries} retried by hand` : "";
  const missing = unseen > 0 ? `, ${unseen} calls without a row` : "";
  const line = `seed ${String(seed).padEnd(4)} ${shape.padEnd(8)} ${guard.padEnd(9)} ${seconds.toFixed(1).padStart(5)} s  ${lives} lives${retried}${missing}  ${verdict}  ${told}`;
  const more = describeFaults(faults).map((text) => `  ${text}`);
  if (folder) more.push(`  kept in ${folder}; again: node bench/crash/run.mjs --only ${seed}`);
  return [line, ...more].join("\n");
}

/** What all runs together say, in figures and as text. */
export function summarise(runs) {
  const kills = runs.flatMap((run) => run.kills).filter((kill) => kill.fell !== null);
  const withFaults = (kind) => runs.filter(({ faults }) => faults.some((fault) => fault.kind === kind)).length;
  const orphansMs = runs.flatMap((run) => run.orphansMs).sort((a, b) => a - b);
  const figures = {
    runs: runs.length,
    seeds: runs.map((run) => run.seed).sort((a, b) => a - b),
    unsound: runs.filter((run) => run.faults.length > 0).length,
    ...Object.fromEntries(KINDS.map((kind) => [kind, withFaults(kind)])),
    kills: kills.length,
    victims: count(kills.map((kill) => kill.victim)),
    fell: count(kills.map((kill) => kill.fell)),
    guards: count(runs.map((run) => run.guard)),
    shapes: count(runs.map((run) => run.shape)),
    lives: sum(runs.map((run) => run.lives)),
    retriedByHand: sum(runs.map((run) => run.retries)),
    modelCalls: sum(runs.map((run) => run.calls)),
    unseenCalls: sum(runs.map((run) => run.unseen)),
    incompleteRows: sum(runs.map((run) => run.incomplete)),
    cliLocks: sum(runs.map((run) => run.cliLocks)),
    orphansGoneMs: {
      measured: orphansMs.length,
      median: orphansMs[orphansMs.length >> 1] ?? null,
      most: orphansMs.at(-1) ?? null,
    },
    seconds: Math.round(sum(runs.map((run) => run.seconds))),
  };
  return { figures, text: describe(figures) };
}

function describe(figures) {
  const list = (counts) => Object.entries(counts).map(([name, number]) => `${number} ${name}`);
  return [
    `${figures.runs} runs, seeds ${figures.seeds[0]} to ${figures.seeds.at(-1)}: ${KINDS.map((kind) => `${figures[kind]} ${kind}`).join(", ")}`,
    `kills     ${figures.kills}: ${list(figures.victims).join(", ")}`,
    `fell in   ${list(figures.fell).join(", ")}`,
    `guards    ${list(figures.guards).join(", ")}`,
    `shapes    ${list(figures.shapes).join(", ")}`,
    `lives     ${figures.lives}; ${figures.retriedByHand} times a step whose agent was killed twice was begun again by hand`,
    `ledger    ${figures.modelCalls} model calls, ${figures.incompleteRows} rows incomplete; ${figures.unseenCalls} calls at the moment of a kill have no row`,
    `orphans   gone after ${figures.orphansGoneMs.median} ms in the median, ${figures.orphansGoneMs.most} ms at most (${figures.orphansGoneMs.measured} looks)`,
    `locks     ${figures.cliLocks} of the CLI's own, in its own folder`,
  ].join("\n");
}

function count(names) {
  const counts = {};
  for (const name of names.sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
