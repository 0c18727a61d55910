import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findGuard, findMarked } from "../processes/index.js";
import { createRedactor } from "./redact.js";
import { type CommandOptions, runCommand } from "./run-command.js";

let directory: string;
let marker: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "orchestrator-command-"));
  marker = `COMMAND_TEST=${directory}`;
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function run(command: string, given: Partial<CommandOptions> = {}) {
  return runCommand({
    name: "test",
    command,
    directory,
    environment: { PATH: process.env.PATH ?? "" },
    guard: "watchdog",
    marker,
    logPath: join(directory, "logs", "test.log"),
    timeoutMs: 60_000,
    maxLogBytes: 1024 * 1024,
    redact: (text) => text,
    signal: new AbortController().signal,
    ...given,
  });
}

const RUNGS = [...new Set([findGuard("auto"), "pdeathsig", "watchdog"] as const)];

describe.each(RUNGS)("a command on the rung %s", (guard) => {
  test("passes with the exit code 0, and its log is the evidence", async () => {
    const done = await run("echo one; echo two >&2; echo three; pwd", { guard });
    expect(done).toMatchObject({ name: "test", outcome: "passed", exitCode: 0 });
    expect(done.output).toBe(`one\ntwo\nthree\n${directory}\n`);
    expect(done.outputBytes).toBe(Buffer.byteLength(done.output));
    expect(readFileSync(done.logPath, "utf8")).toBe(done.output);
    expect(done.logHash).toBe(createHash("sha256").update(done.output).digest("hex"));
  });

  test("fails with any other", async () => {
    expect(await run("exit 3", { guard })).toMatchObject({ outcome: "failed", exitCode: 3 });
  });

  test("is not found where the shell finds none, or the folder is gone", async () => {
    const missing = await run("no-such-program-here", { guard });
    expect(missing).toMatchObject({ outcome: "not_found", exitCode: 127 });
    expect(missing.output).toMatch(/\[The command was not found: .*127\.\]\n$/);
    const gone = await run("true", { guard, directory: join(directory, "gone") });
    expect(gone).toMatchObject({ outcome: "not_found", exitCode: null });
    expect(gone.output).toContain("does not exist");
  });

  test("is ended at its time limit, with what it started", async () => {
    const command = "sleep 1000 & trap '' TERM; while :; do sleep 1000; done";
    const done = await run(command, { guard, timeoutMs: 300 });
    expect(done.outcome).toBe("timed_out");
    expect(done.output).toMatch(/\[The command was ended: it ran for more than 300 ms\.\]\n$/);
    expect(findMarked(marker)).toEqual([]);
  });

  test("leaves nothing running behind, whatever its pipes are held open by", async () => {
    const done = await run("sleep 1000 & setsid sleep 1000 & env -i /bin/sleep 1000 & echo $!", { guard });
    expect(done).toMatchObject({ outcome: "passed" });
    expect(findMarked(marker)).toEqual([]);
    // The kernel closes the pipes of a killed process a moment before it counts as dead.
    if (guard !== "namespace") await expect.poll(() => isRunning(Number(done.output))).toBe(false);
  });

  test("has no terminal and nothing to read", async () => {
    expect(await run("test -t 0 || read x < /dev/tty || read x || exit 7", { guard })).toMatchObject({ exitCode: 7 });
  });

  test("is ended when the work is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const running = run("echo started; sleep 1000", {
      guard,
      signal: controller.signal,
      redact: (text) => {
        controller.abort(reason);
        return text;
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(findMarked(marker)).toEqual([]);
  });
});

describe("the log of a command", () => {
  test("keeps both ends of 50 MB, and says how much is left out", async () => {
    const done = await run("echo first; seq -f 'line %.0f' 1 4000000; echo last", { maxLogBytes: 10_000 });
    expect(done.outputBytes).toBeGreaterThan(50_000_000);
    expect(statSync(done.logPath).size).toBeLessThanOrEqual(10_000);
    expect(done.output).toMatch(/^first\nline 1\nline 2\n/);
    expect(done.output).toMatch(/\nline 4000000\nlast\n$/);
    const notice = /\n\[\.\.\. (\d+) bytes were left out \.\.\.\]\n/.exec(done.output);
    expect(done.output.length - (notice?.[0].length ?? 0) + 1 + Number(notice?.[1])).toBe(done.outputBytes);
  });

  test("keeps both ends of a single endless line", async () => {
    const done = await run("printf first; head -c 3000000 /dev/zero | tr '\\0' x; printf last", {
      maxLogBytes: 10_000,
    });
    expect(done.output).toMatch(/^firstx+\n\[\.\.\. \d+ bytes were left out \.\.\.\]\nx+last$/);
    expect(done.output.length).toBeLessThanOrEqual(10_000);
  });

  test("shows no secret, even one that is printed in two writes", async () => {
    const command =
      "printf 'a hunter2-'; true | cat; printf 'hunter2 b\\n'; printf '\\033[31mhunter2-\\033[0mhunter2\\n'";
    const { output } = await run(command, { redact: createRedactor(["hunter2-hunter2"]) });
    expect(output).toBe("a [redacted] b\n[redacted]\n");
  });

  test("shows no secret in a line that is longer than what is kept of one", async () => {
    const command =
      "for i in 1 2 3 4 5 6 7 8 9; do head -c 9999 /dev/zero | tr '\\0' ' '; printf hunter2-hunter2; done";
    const { output } = await run(command, { redact: createRedactor(["hunter2-hunter2"]) });
    expect(output).not.toContain("hunter");
    expect(output.split("[redacted]")).toHaveLength(10);
  });

  test("that cannot be written ends the command", async () => {
    const full = run("echo started; sleep 1000", { logPath: "/dev/full" });
    await expect(full).rejects.toMatchObject({ code: "disk_full", message: expect.stringContaining("/dev/full") });
    expect(findMarked(marker)).toEqual([]);
    mkdirSync(join(directory, "folder"));
    const folder = run("true", { logPath: join(directory, "folder") });
    await expect(folder).rejects.toMatchObject({ code: "check_failed" });
  });
});

test("a daemon that has left our sight and holds the pipes open is not waited for", async () => {
  const done = await run("setsid env -i /bin/sleep 1000 & echo $!");
  process.kill(Number(done.output), "SIGKILL");
  expect(done).toMatchObject({ outcome: "passed" });
});

/** Whether a process runs; one that has ended and is not yet taken note of does not. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    // Its folder is gone, and so is the process.
    return false;
  }
}
