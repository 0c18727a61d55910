import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredEvent } from "../../domain/index.js";
import type { EventQuery } from "../../store/index.js";
import { gatherReportEvents, readReportLog } from "./gather.js";
import { sampleEvent } from "./sample.testsuite.js";

describe("the log of a check", () => {
  let root: string;
  let logs: string;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-report-")));
    logs = join(root, "logs");
    mkdirSync(logs);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (name: string, text: string) => {
    writeFileSync(join(root, name), text);
    return { path: join(root, name), hash: createHash("sha256").update(text).digest("hex") };
  };

  test("is read to its end and held against its hash", async () => {
    const { path, hash } = write("logs/test.log", "not ok\n");
    expect(await readReportLog(logs, path, hash)).toEqual({ text: "not ok\n", leftOutBytes: 0, state: "intact" });
    expect(await readReportLog(logs, path, "00")).toMatchObject({ text: "not ok\n", state: "altered" });
  });

  test("is cut at a line", async () => {
    const { path, hash } = write("logs/long.log", "0123456789\n".repeat(10_000));
    const log = await readReportLog(logs, path, hash);
    expect(log.text.startsWith("0123456789\n")).toBe(true);
    expect(log.leftOutBytes + log.text.length).toBe(110_000);
  });

  test("is not read where it lies elsewhere, is no file, is gone or is far too large", async () => {
    const secret = write("secret", "mine");
    symlinkSync(secret.path, join(logs, "link.log"));
    execFileSync("mkfifo", [join(logs, "pipe.log")]);
    write("logs/huge.log", "x".repeat(17 * 1024 * 1024));
    const paths = [
      secret.path,
      join(logs, "../secret"),
      ...["link.log", "pipe.log", "none.log", "huge.log", ""].map((name) => join(logs, name)),
    ];
    for (const path of paths)
      expect(await readReportLog(logs, path, secret.hash), path).toEqual({ text: "", leftOutBytes: 0, state: "gone" });
  });
});

describe("the events of a task", () => {
  const storeOf = (all: readonly StoredEvent[]) => ({
    readEvents: async ({ after = 0, limit = 0 }: EventQuery) =>
      all.filter((event) => event.seq > after).slice(0, limit),
  });

  test("are looked through to the last page, and those kept that can be shown", async () => {
    const chatter = Array.from({ length: 2_500 }, () => sampleEvent("agent.output", "builder", 1, { text: "…" }));
    const ended = sampleEvent("step.ended", "builder", 2, {
      status: "succeeded",
      reason: "",
      error: null,
      handoff: null,
    });
    const { events, ...counts } = await gatherReportEvents(storeOf([...chatter, ended]), "task_sample0001");
    expect(events).toEqual([ended]);
    expect(counts).toEqual({ read: 2_501, leftOut: 0, isComplete: true });
  });

  test("that tell of the same trouble again and again are counted, and the lives of steps are kept", async () => {
    const retried = { attempt: 1, maxRetries: 9, delayMs: 1, status: 529, error: "overloaded" };
    const noise = Array.from({ length: 3_000 }, () => sampleEvent("model_call.retried", "builder", 1, retried));
    const started = sampleEvent("step.started", "builder", 2, { attempt: 1, ownerId: "o" });
    const { events, leftOut } = await gatherReportEvents(storeOf([...noise, started]), "task_sample0001");
    expect([events.length, leftOut, events.at(-1)]).toEqual([1_001, 2_000, started]);
  });
});
