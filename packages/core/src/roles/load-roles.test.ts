import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadRoles, requireRole } from "./load-roles.js";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "orchestrator-roles-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

const roleText = (name: string, prompt: string) => `---\nname: ${name}\n---\n${prompt}\n`;

describe("built-in roles", () => {
  test("are all there, without a warning", () => {
    const { roles, warnings } = loadRoles(directory);
    expect([...roles.keys()].sort()).toEqual([
      "analyst",
      "builder",
      "documenter",
      "orchestrator",
      "planner",
      "reviewer",
      "scout",
      "tester",
    ]);
    expect(warnings).toEqual([]);
    expect([...roles.values()].flatMap((role) => role.warnings)).toEqual([]);
    expect(new Set([...roles.values()].map((role) => role.source))).toEqual(new Set(["built-in"]));
  });

  test.each(["analyst", "scout", "planner", "reviewer"])("%s cannot write: it has no tool for it", (name) => {
    const role = requireRole(loadRoles(directory).roles, name);
    expect(role.writes).toBe(false);
    expect(role.tools.filter((tool) => ["Write", "Edit", "NotebookEdit"].includes(tool))).toEqual([]);
  });

  test.each([
    ["analyst", "research"],
    ["scout", "research"],
    ["planner", "plan"],
    ["builder", "build"],
    ["documenter", "build"],
    ["tester", "test"],
    ["reviewer", "review"],
  ])("%s hands over the result of a %s", (name, kind) => {
    expect(requireRole(loadRoles(directory).roles, name).kind).toBe(kind);
  });

  test("have short prompts and say when to use them", () => {
    for (const role of loadRoles(directory).roles.values()) {
      expect(role.description, role.name).not.toBe("");
      expect(role.prompt.length, role.name).toBeLessThan(1_500);
    }
  });
});

describe("a repository's own roles", () => {
  test("come from both folders", () => {
    write(".claude/agents/sage.md", roleText("sage", "You know."));
    write(".orchestrator/roles/smith.md", roleText("smith", "You forge."));
    const { roles } = loadRoles(directory);
    expect(requireRole(roles, "sage").source).toBe(join(".claude", "agents", "sage.md"));
    expect(requireRole(roles, "smith").source).toBe(join(".orchestrator", "roles", "smith.md"));
  });

  test("cannot make a role write that is read-only by its name, and say so", () => {
    write(".claude/agents/reviewer.md", roleText("reviewer", "Review it."));
    const { roles, warnings } = loadRoles(directory);
    const reviewer = requireRole(roles, "reviewer");
    expect(reviewer).toMatchObject({ writes: false, kind: "review", prompt: "Review it." });
    expect(reviewer.tools).toEqual(["Read", "Bash", "Glob", "Grep"]);
    expect(warnings.join()).toMatch(/reviewer\.md:1 the role reviewer cannot write/);
  });

  test("replace: .orchestrator/roles before .claude/agents before built-in", () => {
    write(".claude/agents/builder.md", roleText("builder", "From claude."));
    expect(requireRole(loadRoles(directory).roles, "builder").prompt).toBe("From claude.");
    write(".orchestrator/roles/mine.md", roleText("builder", "From orchestrator."));
    expect(requireRole(loadRoles(directory).roles, "builder").prompt).toBe("From orchestrator.");
  });

  test("pass on their warnings", () => {
    write(".claude/agents/sage.md", "---\nname: sage\ntools: Read, Task\n---\nYou know.\n");
    expect(loadRoles(directory).warnings).toEqual([
      `${join(".claude", "agents", "sage.md")}:3 the tool "Task" is not available to workers; left out`,
    ]);
  });

  test("stop everything where .orchestrator/roles has a mistake", () => {
    write(".orchestrator/roles/bad.md", "no front matter");
    expect(() => loadRoles(directory)).toThrow(
      expect.objectContaining({ code: "invalid_role", message: expect.stringContaining("bad.md:1") }),
    );
  });

  test("are left out with a warning where .claude/agents has a mistake", () => {
    write(".claude/agents/bad.md", "no front matter");
    write(".claude/agents/good.md", roleText("good", "You help."));
    const { roles, warnings } = loadRoles(directory);
    expect(roles.has("good")).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/bad\.md:1 has no front matter\. It is left out\.$/)]);
  });

  test("are Markdown files only", () => {
    write(".orchestrator/roles/notes.txt", "not a role");
    expect(loadRoles(directory).roles.size).toBe(8);
  });
});

test("a role that is not there is refused with those that are", () => {
  expect(() => requireRole(loadRoles(directory).roles, "wizard")).toThrow(
    expect.objectContaining({
      code: "invalid_input",
      message: 'There is no role "wizard".',
      hint: expect.stringMatching(/analyst, builder, documenter, .*\.orchestrator\/roles\/wizard\.md/),
    }),
  );
});
