import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allowDirectories } from "./directories.js";
import { temporaryFolder } from "./temporary-folder.testsuite.js";

/** `work`, where tasks may work, beside `work2` and `secret`, where they may not. */
function laidOut() {
  const base = temporaryFolder();
  for (const folder of ["work/inner/.git", "work/.hidden", "work2", "secret/deep"])
    mkdirSync(join(base, folder), { recursive: true });
  writeFileSync(join(base, "work/file"), "");
  const at = (path: string) => join(base, path);
  return { at, work: at("work"), allowed: allowDirectories([at("work")]) };
}

function refusalOf(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error("It was not refused.");
}

describe("what is required", () => {
  test("the directory itself, and what is below it", () => {
    const { allowed, work } = laidOut();
    expect(allowed.require(work)).toBe(work);
    expect(allowed.require(`${work}/inner/../inner/`)).toBe(`${work}/inner`);
  });

  test.each(["work2", "secret", "work/..", "work/../secret", "work/inner/../../secret/deep", "nowhere"])(
    "%s is outside",
    (path) => {
      const { allowed, at } = laidOut();
      expect(refusalOf(() => allowed.require(at(path))).code).toBe("directory_not_allowed");
    },
  );

  test.each(["/", "/etc", "", "..", "\0"])("%j is outside", (path) => {
    const { allowed } = laidOut();
    expect(refusalOf(() => allowed.require(path)).code).toBe("directory_not_allowed");
  });

  test("a link that leads out is outside, and what is behind it cannot be told from what is not there", () => {
    const { allowed, at, work } = laidOut();
    symlinkSync(at("secret"), join(work, "link"));
    const there = refusalOf(() => allowed.require(`${work}/link/deep`));
    const notThere = refusalOf(() => allowed.require(`${work}/link/none`));
    expect(refusalOf(() => allowed.require(`${work}/link`)).code).toBe("directory_not_allowed");
    expect(there.code).toBe("directory_not_allowed");
    expect(notThere.code).toBe("directory_not_allowed");
    expect(notThere.message).toBe(there.message.replace("deep", "none"));
  });

  test("a link within is its target", () => {
    const { allowed, work } = laidOut();
    symlinkSync(join(work, "inner"), join(work, "link"));
    expect(allowed.require(`${work}/link`)).toBe(`${work}/inner`);
  });

  test.each([
    ["a file", "file", /is a file/],
    ["what is not there", "none/deep", /does not exist/],
    ["a name that is too long", "x".repeat(300), /does not exist/],
    ["a path that is too long", "x/".repeat(500_000), /longer than any can be/],
    ["a zero character", "inner\0/deep", /zero character/],
  ])("%s is no directory", (_, path, message) => {
    const { allowed, work } = laidOut();
    const refused = refusalOf(() => allowed.require(`${work}/${path}`));
    expect(refused.code).toBe("invalid_input");
    expect(refused.message).toMatch(message);
  });

  test("a link to itself is no directory", () => {
    const { allowed, work } = laidOut();
    symlinkSync(join(work, "loop"), join(work, "loop"));
    expect(refusalOf(() => allowed.require(`${work}/loop`)).code).toBe("invalid_input");
  });
});

describe("what is listed", () => {
  test("the directories in one, without hidden ones, files and links that lead out", () => {
    const { allowed, at, work } = laidOut();
    symlinkSync(at("secret"), join(work, "out"));
    symlinkSync(join(work, "none"), join(work, "broken"));
    expect(allowed.list(undefined)).toEqual({
      path: work,
      parent: null,
      roots: [work],
      isRepository: false,
      entries: [{ name: "inner", path: join(work, "inner"), isRepository: true }],
    });
  });

  test("a directory below has a parent", () => {
    const { allowed, work } = laidOut();
    expect(allowed.list(`${work}/inner`)).toMatchObject({ parent: work, isRepository: true, entries: [] });
  });

  test("nothing outside", () => {
    const { allowed, at } = laidOut();
    expect(refusalOf(() => allowed.list(at("secret"))).code).toBe("directory_not_allowed");
  });
});

test("whoever allows the whole disk allows the whole disk", () => {
  const folder = temporaryFolder();
  expect(allowDirectories(["/"]).require(folder)).toBe(folder);
});

test("a root that is a link is its target, named twice it is one", () => {
  const { at, work } = laidOut();
  symlinkSync(work, at("alias"));
  expect(allowDirectories([at("alias"), work]).roots).toEqual([work]);
});

test("a root that is not there is refused", () => {
  const { at } = laidOut();
  expect(refusalOf(() => allowDirectories([at("none")])).code).toBe("invalid_input");
});
