import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporary-folder.testsuite.js";
import { type AuditEntry, openAuditLog } from "./audit.js";

const entry = (subject: string): AuditEntry => ({
  time: "2026-01-01T00:00:00.000Z",
  who: "ci",
  role: "operator",
  action: "POST /api/v1/tasks",
  subject,
  status: 201,
  address: "127.0.0.1",
});

function opened() {
  const home = temporaryFolder();
  const troubles: string[] = [];
  return { home, troubles, audit: openAuditLog(home, (message) => troubles.push(message)) };
}

test("what was done is told, newest first", () => {
  const { audit } = opened();
  for (const subject of ["one", "two", "three"]) audit.write(entry(subject));
  expect(audit.read(2)).toEqual([entry("three"), entry("two")]);
});

test("nothing was done yet", () => {
  expect(opened().audit.read(10)).toEqual([]);
});

test("only its owner may read it", () => {
  const { audit, home } = opened();
  audit.write(entry("one"));
  expect(statSync(join(home, "audit.jsonl")).mode & 0o777).toBe(0o600);
});

test("an entry is one line, whatever is in it", () => {
  const { audit, home } = opened();
  audit.write(entry('a\nb\r"},{\u2028'));
  expect(readFileSync(join(home, "audit.jsonl"), "utf8").trimEnd().split("\n")).toHaveLength(1);
  expect(audit.read(1)).toEqual([entry('a\nb\r"},{\u2028')]);
});

test("a line that a full disk has cut short is left out", () => {
  const { audit, home } = opened();
  audit.write(entry("one"));
  appendFileSync(join(home, "audit.jsonl"), '{"time":"2026\n');
  audit.write(entry("two"));
  expect(audit.read(10).map(({ subject }) => subject)).toEqual(["two", "one"]);
});

test("a file that has grown too large is begun anew, and the one before it is still told", () => {
  const { audit, home } = opened();
  const path = join(home, "audit.jsonl");
  writeFileSync(path, `${"x".repeat(10 * 1024 * 1024)}\n${JSON.stringify(entry("old"))}\n`);
  audit.write(entry("new"));
  expect(existsSync(`${path}.1`)).toBe(true);
  expect(audit.read(2).map(({ subject }) => subject)).toEqual(["new", "old"]);
});

test("where it cannot be written, the work goes on and somebody is told", () => {
  const { audit, home, troubles } = opened();
  mkdirSync(join(home, "audit.jsonl"));
  audit.write(entry("one"));
  expect(troubles).toEqual(["the audit log cannot be written"]);
});
