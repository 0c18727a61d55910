import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { placeFiles } from "./place-files.js";

let base: string;
let from: string;
let to: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-place-")));
  from = join(base, "the project");
  to = join(base, "the workspace");
  mkdirSync(from);
  mkdirSync(to);
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function write(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode });
}

async function place(paths: { copy?: string[]; link?: string[] }) {
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const result = await placeFiles({ from, to, copy: [], link: [], ...paths, onWarning });
  return { ...result, warnings };
}

describe("a copied file", () => {
  test("is the workspace's own, with the mode of the user's", async () => {
    write(join(from, "packages/web/.env"), "KEY=1", 0o600);
    expect(await place({ copy: ["packages/web/.env"] })).toEqual({
      copied: ["packages/web/.env"],
      linked: [],
      warnings: [],
    });
    const copy = join(to, "packages/web/.env");
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    writeFileSync(copy, "KEY=2");
    expect(readFileSync(join(from, "packages/web/.env"), "utf8")).toBe("KEY=1");
  });

  test("never replaces another, and may be there already", async () => {
    write(join(from, ".env"), "KEY=1");
    write(join(to, ".env"), "KEY=2");
    write(join(from, "same"), "same");
    write(join(to, "same"), "same");
    const { copied, warnings } = await place({ copy: [".env", "same"] });
    expect(copied).toEqual(["same"]);
    expect(warnings).toEqual([".env is in the workspace already and was left alone."]);
    expect(readFileSync(join(to, ".env"), "utf8")).toBe("KEY=2");
  });

  test("may be named by a link inside the checkout", async () => {
    write(join(from, ".env.local"), "KEY=1");
    symlinkSync(".env.local", join(from, ".env"));
    await place({ copy: [".env"] });
    expect(lstatSync(join(to, ".env")).isFile()).toBe(true);
  });
});

describe("a copied folder", () => {
  test("comes with everything below it, beside what is there", async () => {
    write(join(from, "config/local/ä.json"), "{}");
    symlinkSync("local/ä.json", join(from, "config/link"));
    symlinkSync(join(from, "config/local"), join(from, "config/absolute"));
    write(join(to, "config/default.json"), "{}");
    expect(await place({ copy: ["config/"] })).toMatchObject({ copied: ["config"], warnings: [] });
    expect(readFileSync(join(to, "config/local/ä.json"), "utf8")).toBe("{}");
    expect(readlinkSync(join(to, "config/link"))).toBe("local/ä.json");
    expect(readlinkSync(join(to, "config/absolute"))).toBe(join(to, "config/local"));
  });

  test("lacks links that lead out of the checkout", async () => {
    write(join(base, "secret"), "secret");
    write(join(from, "config/a"), "a");
    symlinkSync("../../secret", join(from, "config/out"));
    const { copied, warnings } = await place({ copy: ["config"] });
    expect(copied).toEqual(["config"]);
    expect(warnings).toEqual(["config/out leads out of the checkout, so the workspace does not get it."]);
    expect(() => lstatSync(join(to, "config/out"))).toThrow("ENOENT");
  });
});

describe("a linked file", () => {
  test("is the user's own", async () => {
    write(join(from, "data/.env"), "KEY=1");
    expect(await place({ link: ["data"] })).toEqual({ copied: [], linked: ["data"], warnings: [] });
    expect(readlinkSync(join(to, "data"))).toBe(join(from, "data"));
    expect((await place({ link: ["data"] })).linked).toEqual(["data"]);
  });

  test("never replaces another", async () => {
    write(join(from, ".env"), "");
    write(join(to, ".env"), "");
    const { linked, warnings } = await place({ link: [".env"] });
    expect(linked).toEqual([]);
    expect(warnings).toEqual([".env is in the workspace already and was left alone."]);
  });
});

describe.each(["copy", "link"] as const)("what is named under %s", (kind) => {
  test.each(["/etc/passwd", "../secret", "a/../../secret", ".git/config", "."])("may not be %s", async (path) => {
    await expect(place({ [kind]: [path] })).rejects.toMatchObject({ code: "invalid_config" });
  });

  test("may be missing, with a warning", async () => {
    const { copied, linked, warnings } = await place({ [kind]: [".env"] });
    expect([...copied, ...linked]).toEqual([]);
    expect(warnings).toEqual([".env is not in the checkout, so the workspace does not get it."]);
  });

  test("may not lead out of the checkout", async () => {
    write(join(base, "secret"), "");
    symlinkSync("../secret", join(from, ".env"));
    symlinkSync("..", join(from, "up"));
    const { copied, linked, warnings } = await place({ [kind]: [".env", "up/secret"] });
    expect([...copied, ...linked]).toEqual([]);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toBe(".env leads out of the checkout, so the workspace does not get it.");
  });

  test("is written through no link of the branch", async () => {
    write(join(from, "config/.env"), "");
    mkdirSync(join(base, "outside"));
    symlinkSync(join(base, "outside"), join(to, "config"));
    const { copied, linked, warnings } = await place({ [kind]: ["config/.env"] });
    expect([...copied, ...linked]).toEqual([]);
    expect(warnings).toEqual(["config/.env has no place in the workspace: something above it is no folder there."]);
  });
});
