import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temporary-folder.testsuite.js";
import { changeAccess, readAccess } from "./access-file.js";

const code = (hash: string) => ({ hash, tokenId: "token", expiresAt: "2026-01-01T00:00:00.000Z" });

test("many changes at once are all kept, and nothing else is left", async () => {
  const home = temporaryFolder();
  const path = join(home, "access.json");
  const names = Array.from({ length: 20 }, (_, index) => String(index));
  await Promise.all(names.map((name) => changeAccess(path, ({ codes }) => codes.push(code(name)))));
  expect(
    readAccess(path)
      .codes.map(({ hash }) => hash)
      .sort(),
  ).toEqual(names.sort());
  expect(readdirSync(home)).toEqual(["access.json"]);
});

test("a change that fails changes nothing and lets go of the lock", async () => {
  const path = join(temporaryFolder(), "access.json");
  await changeAccess(path, ({ codes }) => codes.push(code("kept")));
  const failing = changeAccess(path, ({ codes }) => {
    codes.length = 0;
    throw new Error("in between");
  });
  await expect(failing).rejects.toThrow("in between");
  expect(readAccess(path).codes).toHaveLength(1);
  await changeAccess(path, ({ codes }) => codes.push(code("next")));
  expect(readAccess(path).codes).toHaveLength(2);
});

test.each([
  ["a moment", 4_000],
  ["a day", 86_400_000],
])("a lock that a killed process has left %s ago is taken over", async (_, ageMs) => {
  const path = join(temporaryFolder(), "access.json");
  writeFileSync(`${path}.lock`, "");
  const since = new Date(Date.now() - ageMs);
  utimesSync(`${path}.lock`, since, since);
  await changeAccess(path, ({ codes }) => codes.push(code("kept")));
  expect(readAccess(path).codes).toHaveLength(1);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("an old draft that everybody may read is no way to the next file", async () => {
  const path = join(temporaryFolder(), "access.json");
  writeFileSync(`${path}.${process.pid}.draft`, "", { mode: 0o644 });
  await changeAccess(path, () => {});
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("the folder is made for its owner alone", async () => {
  const folder = join(temporaryFolder(), "data");
  await changeAccess(join(folder, "access.json"), () => {});
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});
