import { type CallContext, reply, type Script, script } from "@claude-orchestrator/rehearsal";

/** A model that thinks for a moment, so that there is something to watch. */
const THINKING_MS = 350;

const FIXED_SPLIT = `  const share = Math.floor(cents / people);
  const left = cents - share * people;
  return Array.from({ length: people }, (_, position) => share + (position < left ? 1 : 0));`;

const FAULTY_SPLIT = `  const share = Math.floor(cents / people);
  return Array.from({ length: people }, () => share);`;

const EDGE_TESTS = `import assert from "node:assert/strict";
import { test } from "node:test";
import { split } from "../src/split.js";

test("gives the cents that are left to the first people", () => {
  assert.deepEqual(split(1000, 3), [334, 333, 333]);
});

test("gives one person the whole bill", () => {
  assert.deepEqual(split(999, 1), [999]);
});

test("never gives two people shares that differ by more than a cent", () => {
  for (let people = 1; people <= 12; people += 1) {
    const shares = split(1001, people);
    assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
  }
});
`;

/**
 * What the scripted model says and does in the demo. The tools are real: it reads, edits and tests the repository, and
 * what it reports of the tests is what their output said. * Paths are those of the repository, wherever the agents have their copy of it.
 */
export function createDemoScript(): Script {
  const say = (text: string) => reply().delay(THINKING_MS).text(text);
  return script()
    .role("analyst", [
      say("I look at the project first.").tool("Glob", { pattern: "**/*.js" }),
      say("The function and its tests.")
        .tool("Read", { file_path: "src/split.js" })
        .tool("Read", { file_path: "test/split.test.js" }),
      say("The cause is clear.").handoff({
        summary:
          "split() gives everybody the rounded-down share and drops what is left over, so the shares add up to less than the bill.",
        keyFindings: [
          "src/split.js:5 - Math.floor drops cents % people; nothing gives them out again",
          "test/split.test.js:11 - fails: 999 instead of 1000",
        ],
        relevantFiles: ["src/split.js", "test/split.test.js"],
      }),
    ])
    .role("planner", [
      say("I check the code that the findings name.").tool("Read", { file_path: "src/split.js" }),
      say("A small change is enough.").handoff({
        summary: "Give the cents that are left over to the first people, one each.",
        steps: [
          {
            title: "Give out the remainder",
            detail: "In split(), compute cents - share * people and add one cent to that many shares.",
            files: ["src/split.js"],
          },
        ],
        testPlan: "The existing tests, and edge cases: one person, a remainder, shares differ by one cent at most.",
        risks: [],
      }),
    ])
    .role("builder", [
      say("I read the file before I change it.").tool("Read", { file_path: "src/split.js" }),
      say("The change itself.").tool("Edit", {
        file_path: "src/split.js",
        old_string: FAULTY_SPLIT,
        new_string: FIXED_SPLIT,
      }),
      say("Now the tests.").tool("Bash", { command: "npm test", description: "Run the project's tests" }),
      (call) =>
        say("Done.").handoff({
          summary: `split() gives the cents that are left over to the first people. ${describeTests(call)}`,
          filesCreated: [],
          filesModified: ["src/split.js"],
        }),
    ])
    .role("tester", [
      say("The edge cases are not tested yet.").tool("Write", {
        file_path: "test/split-edges.test.js",
        content: EDGE_TESTS,
      }),
      say("All tests.").tool("Bash", { command: "npm test", description: "Run the project's tests" }),
      (call) =>
        say("Tested.").handoff({
          summary: `Added three edge cases. ${describeTests(call)}`,
          commands: ["npm test"],
          ...countTests(call),
          filesCreated: ["test/split-edges.test.js"],
        }),
    ])
    .role("reviewer", [
      // The builder's work and the tester's are a commit each.
      say("What changed?").tool("Bash", { command: "git diff HEAD~2", description: "Show the change" }),
      say("And the function as a whole.").tool("Read", { file_path: "src/split.js" }),
      say("Nothing blocks.").handoff({
        summary:
          "The change gives out the remainder and touches nothing else; the shares add up and differ by one cent at most.",
        verdict: "approved",
        findings: [
          {
            file: "src/split.js",
            line: 4,
            severity: "minor",
            message: "People = 0 still gives an empty list; not part of this task.",
          },
        ],
      }),
    ]);
}

/** The figures that the project's test runner printed in the last tool result. */
function countTests(call: CallContext): { testsPassed: number; testsFailed: number } {
  const output = call.lastToolResults.map((result) => result.text).join("\n");
  const count = (word: string) => Number(new RegExp(`^\\W*${word} (\\d+)`, "m").exec(output)?.[1] ?? 0);
  return { testsPassed: count("pass"), testsFailed: count("fail") };
}

function describeTests(call: CallContext): string {
  const { testsPassed, testsFailed } = countTests(call);
  return `The tests say: ${testsPassed} passed, ${testsFailed} failed.`;
}
