import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadRoles, requireRole } from "../roles/index.js";
import {
  composeHandoffReminder,
  composeStepPrompt,
  composeSystemPrompt,
  type GivenHandoff,
  readProjectInstructions,
} from "./prompt.js";

const { roles } = loadRoles(tmpdir());

describe("the system prompt", () => {
  test("names the role in its first line and holds the role's own words", () => {
    const builder = requireRole(roles, "builder");
    const prompt = composeSystemPrompt(builder, "handoff");
    expect(prompt.split("\n")[0]).toBe("Role: builder");
    expect(prompt).toContain(builder.prompt);
    expect(prompt).toContain("StructuredOutput");
  });

  test("tells a writer where to stay and a reader that it cannot write", () => {
    expect(composeSystemPrompt(requireRole(roles, "builder"), "handoff")).toContain(
      "only inside the working directory",
    );
    expect(composeSystemPrompt(requireRole(roles, "reviewer"), "handoff")).toContain("would change a file is refused");
  });
});

function handoff(stepKey: string, given: Partial<GivenHandoff> = {}): GivenHandoff {
  return {
    stepKey,
    role: stepKey,
    isDirect: true,
    handoff: { summary: `${stepKey} did it`, details: "more" },
    ...given,
  };
}

const compose = (handoffs: GivenHandoff[]) =>
  composeStepPrompt({
    task: "Build it.",
    instructions: "Your part.",
    handoffs,
    earlierTask: null,
    projectInstructions: null,
  });

describe("the prompt of a step", () => {
  test("has the task, the step's part, earlier results and the project's instructions, in this order", () => {
    const prompt = composeStepPrompt({
      task: "Build it.",
      instructions: "Do your part.",
      handoffs: [handoff("planner")],
      earlierTask: null,
      projectInstructions: { file: "CLAUDE.md", text: "Use tabs." },
    });
    expect(prompt.match(/^#+ .*$/gm)).toEqual([
      "# Task",
      "# Your part",
      "# Results of earlier steps",
      "## planner",
      "# Project instructions (from CLAUDE.md)",
    ]);
    expect(prompt).toContain("Build it.");
    expect(prompt).toContain("Use tabs.");
  });

  test("has no heading without something below it", () => {
    const prompt = { task: "Build it.", instructions: "", handoffs: [], earlierTask: null, projectInstructions: null };
    expect(composeStepPrompt(prompt)).toBe("# Task\n\nBuild it.");
  });

  test("passes on the whole result of a step that it depends on, and the summary of those further back", () => {
    const prompt = compose([handoff("planner"), handoff("analyst", { isDirect: false })]);
    expect(prompt).toContain('"details": "more"');
    expect(prompt.split("## analyst")[1]?.trim()).toBe("analyst did it");
  });

  test("names the role where the key is another", () => {
    expect(compose([handoff("builder#2", { role: "builder" })])).toContain("## builder#2 (builder)");
  });

  test("shortens a result that is too long, and says so", () => {
    const prompt = compose([handoff("planner", { handoff: { summary: "x".repeat(40_000) } })]);
    expect(prompt.length).toBeLessThan(24_500);
    expect(prompt).toMatch(/\[shortened: \d+ characters left out\]$/);
  });

  test.each([1, 2, 10, 50])("is bounded with %i long results, each getting its share", (count) => {
    const long = { handoff: { summary: "x".repeat(4_000), details: "y".repeat(30_000) } };
    const prompt = compose(Array.from({ length: count }, (_, index) => handoff(`step${index}`, long)));
    expect(prompt.length).toBeLessThan(24_000 + 100 * count + 200);
    expect(prompt.match(/## step\d+/g)).toHaveLength(count);
  });
});

test("a reminder says what was wrong with the result", () => {
  expect(composeHandoffReminder("summary: too long")).toMatch(/summary: too long[\s\S]*StructuredOutput/);
});

describe("the project's instructions", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "orchestrator-prompt-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const write = (file: string, text: string) => writeFileSync(join(directory, file), text);

  test("are nothing where the repository says nothing", () => {
    expect(readProjectInstructions(directory)).toBeNull();
    expect(readProjectInstructions(join(directory, "nowhere"))).toBeNull();
  });

  test("come from CLAUDE.md before AGENTS.md", () => {
    write("AGENTS.md", "for agents");
    expect(readProjectInstructions(directory)).toEqual({ file: "AGENTS.md", text: "for agents" });
    write("CLAUDE.md", "for claude\n");
    expect(readProjectInstructions(directory)).toEqual({ file: "CLAUDE.md", text: "for claude" });
  });

  test("come from AGENTS.md where CLAUDE.md is empty or a folder", () => {
    write("AGENTS.md", "for agents");
    write("CLAUDE.md", " \n");
    expect(readProjectInstructions(directory)?.file).toBe("AGENTS.md");
    rmSync(join(directory, "CLAUDE.md"));
    mkdirSync(join(directory, "CLAUDE.md"));
    expect(readProjectInstructions(directory)?.file).toBe("AGENTS.md");
  });

  test("are not read through a link that leads out of the repository", () => {
    const secret = mkdtempSync(join(tmpdir(), "orchestrator-secret-"));
    writeFileSync(join(secret, "credentials"), "secret");
    symlinkSync(join(secret, "credentials"), join(directory, "CLAUDE.md"));
    expect(readProjectInstructions(directory)).toBeNull();
    rmSync(secret, { recursive: true });
  });

  test("do not wait for a pipe of that name", () => {
    execFileSync("mkfifo", [join(directory, "CLAUDE.md")]);
    expect(readProjectInstructions(directory)).toBeNull();
  });

  test("end after 16 KB", () => {
    write("CLAUDE.md", "x".repeat(100_000));
    expect(readProjectInstructions(directory)?.text).toHaveLength(16 * 1024);
  });

  test("keep to 16 KB also in a script of many bytes", () => {
    write("CLAUDE.md", `a${"語".repeat(20_000)}`);
    const text = readProjectInstructions(directory)?.text ?? "";
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16 * 1024 + 2);
    expect(text.startsWith("a語語")).toBe(true);
  });
});
