import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { announce, readAnnouncement } from "./announcement.js";
import { temporaryFolder } from "./temporary-folder.testsuite.js";

const ADDRESS = "http://127.0.0.1:4720";
/** Greater than any process id that a system gives. */
const NOBODY = 2 ** 30;

test("a server that runs is found until it stops", () => {
  const home = temporaryFolder();
  expect(readAnnouncement(home)).toBeNull();
  const withdraw = announce(home, ADDRESS);
  expect(readAnnouncement(home)).toEqual({ pid: process.pid, url: ADDRESS });
  expect(statSync(join(home, "server.json")).mode & 0o777).toBe(0o600);
  withdraw();
  expect(readAnnouncement(home)).toBeNull();
});

test("one whose process is gone is not found", () => {
  const home = temporaryFolder();
  writeFileSync(join(home, "server.json"), JSON.stringify({ pid: NOBODY, url: ADDRESS }));
  expect(readAnnouncement(home)).toBeNull();
});

test("whoever stops leaves the word of another alone", () => {
  const home = temporaryFolder();
  const withdraw = announce(home, ADDRESS);
  const other = JSON.stringify({ pid: process.ppid, url: "http://127.0.0.1:4721" });
  writeFileSync(join(home, "server.json"), other);
  withdraw();
  expect(readFileSync(join(home, "server.json"), "utf8")).toBe(other);
});

test.each([
  "",
  "{",
  "null",
  '{"pid":1}',
  `{"pid":0,"url":"${ADDRESS}"}`,
  `{"pid":-1,"url":"${ADDRESS}"}`,
  `{"pid":${process.pid},"url":"file:///etc/passwd"}`,
  `{"pid":${process.pid},"url":"javascript:alert(1)"}`,
])("what is no announcement is none: %s", (text) => {
  const home = temporaryFolder();
  writeFileSync(join(home, "server.json"), text);
  expect(readAnnouncement(home)).toBeNull();
});
