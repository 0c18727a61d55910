import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decidePermission, type PermissionContext } from "./policy.js";

const ALL_TOOLS = ["Read", "Write", "Edit", "NotebookEdit", "Bash", "Glob", "Grep", "WebFetch", "WebSearch"];

let base: string;
let workspace: string;

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-policy-")));
  workspace = join(base, "work");
  for (const folder of ["work/src", "work/.git/hooks", "work/sub/.git", "work-too", "outside", "claude/projects/p/s"])
    mkdirSync(join(base, folder), { recursive: true });
  for (const folder of ["tool-results", "tool-results/deep"]) mkdirSync(join(base, "claude/projects/p/s", folder));
  writeFileSync(join(base, "outside", "secret.txt"), "secret");
  symlinkSync(join(base, "outside"), join(workspace, "way-out"));
  symlinkSync(join(base, "outside", "secret.txt"), join(workspace, "innocent.txt"));
  symlinkSync(join(base, "outside", "not-there-yet.txt"), join(workspace, "dangling.txt"));
  symlinkSync("../outside/no-folder", join(workspace, "dangling-folder"));
  symlinkSync("circle", join(workspace, "circle"));
  symlinkSync("src", join(workspace, "within"));
  symlinkSync(".git", join(workspace, "back-door"));
  symlinkSync(workspace, join(base, "link-to-work"));
});
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

function decide(tool: string, input: unknown, given: Partial<PermissionContext> = {}): string {
  const context = { workspace, writes: true, tools: ALL_TOOLS, runtimeDirectory: join(base, "claude"), ...given };
  return decidePermission(tool, input, context).decision;
}

/** `<base>` stands for the folder above the workspace. */
const place = (path: string) => path.replace("<base>", base);

const PATHS: [path: string, decision: "allow" | "deny", why: string][] = [
  ["<base>/work/src/a.ts", "allow", "inside, absolute"],
  ["src/a.ts", "allow", "inside, relative"],
  ["src/../b.ts", "allow", "inside after all"],
  ["<base>/work", "allow", "the workspace itself"],
  ["src/new/deep/file.ts", "allow", "inside, not there yet"],
  ["within/a.ts", "allow", "a link that stays inside"],
  ["..hidden/a.ts", "allow", "a name that only begins with dots"],
  ["<base>/outside/secret.txt", "deny", "outside, absolute"],
  ["../outside/secret.txt", "deny", "outside, relative"],
  ["src/../../outside/secret.txt", "deny", "outside after all"],
  ["<base>/work-too/a.ts", "deny", "a neighbour whose name begins alike"],
  ["..", "deny", "the folder above"],
  ["/", "deny", "the root"],
  ["way-out/secret.txt", "deny", "through a link to a folder outside"],
  ["way-out/new.txt", "deny", "through a link, not there yet"],
  ["innocent.txt", "deny", "a link to a file outside"],
  ["dangling.txt", "deny", "a link to a file outside that is not there yet"],
  ["dangling-folder/a.txt", "deny", "through a link to a folder outside that is not there yet"],
  ["~/.ssh/id_rsa", "deny", "the home folder in the shell's short form"],
  ["~", "deny", "the home folder itself"],
];

describe.each([
  ["Read", "file_path"],
  ["Glob", "path"],
  ["Grep", "path"],
  ["Write", "file_path"],
  ["Edit", "file_path"],
  ["NotebookEdit", "notebook_path"],
])("%s", (tool, field) => {
  test.each(PATHS)("of %s is answered: %s (%s)", (path, decision) => {
    expect(decide(tool, { [field]: place(path), pattern: "x" })).toBe(decision);
  });
});

describe("the workspace", () => {
  test("may be given by a link: what counts is where it leads", () => {
    const given = { workspace: join(base, "link-to-work") };
    expect(decide("Read", { file_path: "src/a.ts" }, given)).toBe("allow");
    expect(decide("Write", { file_path: join(workspace, "src/a.ts") }, given)).toBe("allow");
    expect(decide("Read", { file_path: join(base, "outside/secret.txt") }, given)).toBe("deny");
  });

  test("a link in a circle leads nowhere and ends the search", () => {
    expect(["allow", "deny"]).toContain(decide("Read", { file_path: "circle/a.ts" }));
  });

  test("may be the home folder, also in its short form", () => {
    expect(decide("Read", { file_path: "~/a.txt" }, { workspace: homedir() })).toBe("allow");
  });
});

describe("the .git folder", () => {
  test.each([".git/config", ".git", ".git/hooks/pre-commit", "sub/.git/config", "back-door/hooks/pre-commit"])(
    "is closed to writing: %s",
    (path) => {
      expect(decide("Write", { file_path: path })).toBe("deny");
      expect(decide("Edit", { file_path: join(workspace, path) })).toBe("deny");
    },
  );

  test("can be read", () => {
    expect(decide("Read", { file_path: ".git/config" })).toBe("allow");
  });

  test.each([".gitignore", ".github/workflows/ci.yml", "src/.gitkeep"])("is not confused with %s", (path) => {
    expect(decide("Write", { file_path: path })).toBe("allow");
  });
});

describe("patterns", () => {
  test.each([
    ["**/*.ts", "allow"],
    ["src/**/*.ts", "allow"],
    ["src/a.ts", "allow"],
    ["<base>/work/src/*.ts", "allow"],
    ["../**/*.txt", "deny"],
    ["<base>/outside/*", "deny"],
    ["/etc/*", "deny"],
    ["/*", "deny"],
    ["way-out/*.txt", "deny"],
    ["src/../../outside/{a,b}*", "deny"],
  ])("a Glob for %s is answered: %s", (pattern, decision) => {
    expect(decide("Glob", { pattern: place(pattern) })).toBe(decision);
  });

  test("of a Grep are words, not paths", () => {
    expect(decide("Grep", { pattern: "/etc/passwd" })).toBe("allow");
  });

  test("without a path look in the workspace", () => {
    expect(decide("Grep", { pattern: "x" })).toBe("allow");
    expect(decide("Glob", {})).toBe("allow");
  });
});

describe("a role that may not write", () => {
  const readOnly = { writes: false };

  test.each([
    ["Write", { file_path: "src/a.ts" }, "deny"],
    ["Edit", { file_path: "src/a.ts" }, "deny"],
    ["NotebookEdit", { notebook_path: "a.ipynb" }, "deny"],
    ["Read", { file_path: "src/a.ts" }, "allow"],
    ["Bash", { command: "ls" }, "none"],
    ["WebFetch", { url: "https://example.com" }, "allow"],
  ])("asks for %s: %j is answered %s", (tool, input, decision) => {
    expect(decide(tool, input, readOnly)).toBe(decision);
  });
});

describe("other tools", () => {
  test.each(["Task", "Skill", "mcp__db__query", "SendMessage", ""])(
    "%j is refused: the role has no such tool",
    (tool) => {
      expect(decide(tool, {})).toBe("deny");
    },
  );

  test("one that the role names and we do not know is left to the CLI", () => {
    expect(decide("Unheard", {}, { tools: ["Unheard"] })).toBe("none");
  });

  test("one of ours that the role does not have is refused", () => {
    expect(decide("Bash", { command: "ls" }, { tools: ["Read"] })).toBe("deny");
  });

  test("a writer may run commands and read the web", () => {
    expect(decide("Bash", { command: "rm -rf build" })).toBe("allow");
    expect(decide("WebSearch", { query: "x" })).toBe("allow");
  });

  test("the structured result is always let through", () => {
    expect(decide("StructuredOutput", {}, { tools: [], writes: false })).toBe("allow");
  });

  test.each([undefined, null, "text", 5, {}, { file_path: 7 }])(
    "a request to write that names no file is refused: %j",
    (input) => {
      expect(decide("Write", input)).toBe("deny");
    },
  );
});

describe("long output that the CLI saved", () => {
  /** How the CLI names the folder of the workspace's sessions. */
  const project = () => realpathSync(workspace).replace(/[^a-zA-Z0-9]/g, "-");

  test("can be read and not written", () => {
    const saved = join(base, `claude/projects/${project()}/s/tool-results/deep/1.txt`);
    expect(decide("Read", { file_path: saved })).toBe("allow");
    expect(decide("Write", { file_path: saved })).toBe("deny");
  });

  test.each([
    "claude/projects/p/s/chat.jsonl",
    "claude/projects/p/s/tool-results/of-another-directory.txt",
    "claude/settings.json",
    "claude/tool-results/1.txt",
  ])("does not open the rest of the CLI's files: %s", (path) => {
    expect(decide("Read", { file_path: join(base, path) })).toBe("deny");
  });

  test("cannot be used to climb out", () => {
    const path = join(base, `claude/projects/${project()}/s/tool-results/../chat.jsonl`);
    expect(decide("Read", { file_path: path })).toBe("deny");
  });

  test("is nowhere when the CLI's folder is not known", () => {
    const saved = join(base, `claude/projects/${project()}/s/tool-results/1.txt`);
    expect(decide("Read", { file_path: saved }, { runtimeDirectory: null })).toBe("deny");
  });
});

test("every decision gives its reason", () => {
  const context = { workspace, writes: true, tools: ALL_TOOLS, runtimeDirectory: null };
  expect(decidePermission("Read", { file_path: "../x" }, context)).toEqual({
    decision: "deny",
    reason: `${join(base, "x")} is outside the workspace ${workspace}`,
  });
  expect(decidePermission("Write", { file_path: ".git/config" }, context).reason).toMatch(/\.git/);
  expect(decidePermission("Nope", {}, context).reason).toBe("the role has no tool Nope");
});
