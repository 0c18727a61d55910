import { readdirSync, readFileSync } from "node:fs";

/** The Claude CLI itself, and not the guard around it. */
const CLI = /^\S*claude\0/;

/**
 * Finds living processes by what their environment holds.
 *
 * @param variable - `NAME=value`
 * @returns of each its pid, when it began, its command and whether it is a Claude CLI
 */
export function findProcesses(variable) {
  return pids().flatMap((pid) => {
    const environment = read(`/proc/${pid}/environ`);
    if (!environment?.split("\0").includes(variable)) return [];
    const stat = statOf(pid);
    const command = read(`/proc/${pid}/cmdline`) ?? "";
    if (!stat || stat.state === "Z") return [];
    return [{ pid, started: stat.started, command: command.replaceAll("\0", " ").trim(), isCli: CLI.test(command) }];
  });
}

/** Those of some processes that are still in the table of processes although they have ended. */
export function findZombies(processes) {
  return processes.filter(({ pid, started }) => {
    const stat = statOf(pid);
    return stat?.started === started && stat.state === "Z";
  });
}

/**
 * Follows which processes there are, so that it can be said later what has become of each.
 *
 * @param variable - `NAME=value`
 */
export function watchProcesses(variable, everyMs = 100) {
  const seen = new Map();
  const look = () => {
    const now = findProcesses(variable);
    for (const each of now) seen.set(`${each.pid} ${each.started}`, each);
    return now;
  };
  const timer = setInterval(look, everyMs);
  return { look, seen: () => [...seen.values()], close: () => clearInterval(timer) };
}

function pids() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function statOf(pid) {
  const text = read(`/proc/${pid}/stat`);
  if (!text) return null;
  // The command in brackets may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], started: fields[19] };
}

function read(path) {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // Gone in the meantime.
    return null;
  }
}
