import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadRoles, requireRole } from "../roles/index.js";
import {
  composeConclusion,
  composeContinuation,
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
    workspace: null,
    projectInstructions: null,
  });

describe("the prompt of a step", () => {
  test("has the task, the step's part, earlier results and the project's instructions, in this order", () => {
    const prompt = composeStepPrompt({
      task: "Build it.",
      instructions: "Do your part.",
      handoffs: [handoff("planner")],
      earlierTask: null,
      workspace: null,
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
    const nothing = { handoffs: [], earlierTask: null, workspace: null, projectInstructions: null };
    expect(composeStepPrompt({ task: "Build it.", instructions: "", ...nothing })).toBe("# Task\n\nBuild it.");
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

describe("the system prompt of a conversation", () => {
  test("asks for answers, not for a structured result", () => {
    const prompt = composeSystemPrompt(requireRole(roles, "scout"), "text");
    expect(prompt.split("\n")[0]).toBe("Role: scout");
    expect(prompt).toContain("answer each message");
    expect(prompt).not.toContain("StructuredOutput");
  });
});

describe("an earlier task that a step follows up", () => {
  const follow = (prompt: string, results: GivenHandoff[]) =>
    composeStepPrompt({
      task: "Go on.",
      instructions: "Your part.",
      handoffs: [handoff("planner")],
      earlierTask: { prompt, results },
      workspace: null,
      projectInstructions: null,
    });

  test("comes after the task and before the step's own part, with what it was and came to", () => {
    const prompt = follow("Build the first half.", [handoff("builder"), handoff("tester", { isDirect: false })]);
    expect(prompt.match(/^#+ .*$/gm)).toEqual([
      "# Task",
      "# The earlier task that this one follows up",
      "## builder",
      "## tester",
      "# Your part",
      "# Results of earlier steps",
      "## planner",
    ]);
    expect(prompt).toContain("Build the first half.");
    expect(prompt).toContain("tester did it");
  });

  test("that came to nothing says so", () => {
    expect(follow("Build.", [])).toContain("Build.\n\nIt left no results.");
  });

  test.each([1, 3, 50])("is bounded, however long it was and with %i results", (count) => {
    const long = { handoff: { summary: "x".repeat(4_000), details: "y".repeat(30_000) } };
    const results = Array.from({ length: count }, (_, index) => handoff(`step${index}`, long));
    const added = follow("p".repeat(90_000), results).length - follow("", []).length;
    expect(added).toBeLessThan(8_000 + 100 * (count + 1));
  });

  test("that was long is shortened in both its halves, and says so", () => {
    const prompt = follow("p".repeat(4_001), [handoff("builder", { handoff: { summary: "x".repeat(9_000) } })]);
    expect(prompt).toContain(`${"p".repeat(4_000)}\n[shortened: 1 characters left out]`);
    expect(prompt.match(/\[shortened: \d+ characters left out\]/g)).toHaveLength(2);
  });

  test("takes nothing from the results of the task's own steps", () => {
    expect(follow("p".repeat(90_000), [])).toContain('"details": "more"');
  });
});

describe("a fresh agent that goes on with a step", () => {
  test("is told what the first one was told, and then what that one handed over", () => {
    const prompt = composeContinuation("# Task\n\nBuild it.", { summary: "Half is done.", filesCreated: ["a.ts"] });
    expect(prompt.match(/^# .*$/gm)).toEqual(["# Task", "# Your predecessor's result"]);
    expect(prompt.startsWith("# Task\n\nBuild it.\n\n")).toBe(true);
    expect(prompt).toContain('"summary": "Half is done."');
    expect(prompt).toContain('"a.ts"');
    expect(prompt).toMatch(/Go on from there\..*for the whole part\.$/);
  });

  test("is told no more of it than a step is told of all the others", () => {
    const prompt = composeContinuation("Build it.", { summary: "x".repeat(100_000) });
    expect(prompt.length).toBeLessThan(24_500);
    expect(prompt).toMatch(/\[shortened: \d+ characters left out\]\n\nGo on from there/);
  });
});

test("an agent whose context is nearly full is told how full, and to give its result", () => {
  expect(composeConclusion(81.6)).toMatch(/^Your context window is 82 % full\. Stop working now.*StructuredOutput/);
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
