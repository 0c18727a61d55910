import { describe, expect, test } from "vitest";
import { redirectInput } from "./redirect.js";

const FROM = "/home/me/app";
const TO = "/data/workspaces/task_a/app";

const redirect = (tool: string, input: unknown, to = TO) => redirectInput(tool, input, { from: FROM, to });
const command = (text: string, to = TO) => redirect("Bash", { command: text }, to)?.command ?? null;

describe("a tool that names the user's checkout", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["Read", { file_path: `${FROM}/src/a.ts` }, { file_path: `${TO}/src/a.ts` }],
    ["Glob", { pattern: "**/*.ts", path: FROM }, { pattern: "**/*.ts", path: TO }],
    ["Glob", { pattern: `${FROM}/**/*.ts` }, { pattern: `${TO}/**/*.ts` }],
    ["Grep", { pattern: "x", path: `${FROM}/` }, { pattern: "x", path: `${TO}/` }],
    ["NotebookEdit", { notebook_path: `${FROM}/a.ipynb` }, { notebook_path: `${TO}/a.ipynb` }],
    ["Bash", { command: `cd ${FROM} && npm test` }, { command: `cd ${TO} && npm test` }],
  ])("%s is led to the copy: %j", (tool, input, expected) => {
    expect(redirect(tool, input)).toEqual(expected);
  });

  test("keeps everything else of its input as it is", () => {
    expect(redirect("Read", { file_path: `${FROM}/a`, offset: 3, limit: null })).toEqual({
      file_path: `${TO}/a`,
      offset: 3,
      limit: null,
    });
  });

  test("is not led anywhere by what it writes", () => {
    const content = `export const HOME = "${FROM}";`;
    expect(redirect("Write", { file_path: "a.ts", content })).toBeNull();
    expect(redirect("Write", { file_path: `${FROM}/a.ts`, content })).toEqual({ file_path: `${TO}/a.ts`, content });
    const edit = { file_path: "a.ts", old_string: `${FROM}/old`, new_string: `${FROM}/new` };
    expect(redirect("Edit", edit)).toBeNull();
    expect(redirect("NotebookEdit", { notebook_path: "a.ipynb", new_source: FROM })).toBeNull();
    expect(redirect("Bash", { command: "ls", description: `List ${FROM}` })).toBeNull();
  });

  test.each(["Task", "WebFetch", "TodoWrite", "mcp__files__read"])("is left alone where it is %s", (tool) => {
    expect(redirect(tool, { path: FROM })).toBeNull();
  });

  test.each([null, undefined, "text", 5])("is left alone where its input is %j", (input) => {
    expect(redirect("Read", input)).toBeNull();
  });

  test("is left alone where it names nothing of the checkout", () => {
    expect(redirect("Read", { file_path: "src/a.ts" })).toBeNull();
    expect(redirect("Read", { file_path: "/etc/hosts" })).toBeNull();
  });
});

describe("in a command", () => {
  test.each([
    [`cat "${FROM}/a b.txt"`, `cat "${TO}/a b.txt"`],
    [`cat '${FROM}'`, `cat '${TO}'`],
    [`A=${FROM}/x B=${FROM}/y run`, `A=${TO}/x B=${TO}/y run`],
    [`PATH=${FROM}/bin:$PATH x`, `PATH=${TO}/bin:$PATH x`],
    [`ls ${FROM};ls`, `ls ${TO};ls`],
    [`ls ${FROM}`, `ls ${TO}`],
    [`cd ${FROM}\nls ${FROM}`, `cd ${TO}\nls ${TO}`],
  ])("the checkout is named however it is written: %j", (text, expected) => {
    expect(command(text)).toBe(expected);
  });

  test.each([
    `ls ${FROM}-old`,
    `ls ${FROM}2`,
    `ls ${FROM}.bak`,
    `ls ${FROM}_x/a`,
    `ls /mnt${FROM}`,
    `ls backup.${FROM}`,
    `ls ..${FROM}/a`,
  ])("another directory may have a name like it: %s", (text) => {
    expect(command(text)).toBeNull();
  });

  test("the copy is named as it is", () => {
    expect(command(`ls ${TO}/src`)).toBeNull();
  });

  test("the copy may lie below the checkout", () => {
    const below = `${FROM}/.data/task_a`;
    expect(command(`ls ${below}/src`, below)).toBeNull();
    expect(command(`diff ${FROM}/a ${below}/a`, below)).toBe(`diff ${below}/a ${below}/a`);
  });

  test("what was redirected is not redirected again", () => {
    const once = String(command(`ls ${FROM}`));
    expect(command(once)).toBeNull();
  });
});
