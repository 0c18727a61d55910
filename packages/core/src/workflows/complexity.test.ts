import { assert, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateComplexity } from "./complexity.js";
import { detectTaskType } from "./task-type.js";

describe("complexity", () => {
  test.each([
    ["Fix the typo in the README", "simple"],
    ["Rename the variable foo", "simple"],
    ["Say hello", "simple"],
    ["Optimise the database queries", "medium"],
    ["Investigate why the build sometimes fails", "medium"],
    ["Add a small API endpoint", "simple"],
    ["Redesign authentication across all services", "complex"],
    ["Migrate every module to the new async database API", "complex"],
  ])("of %j is %s", (prompt, complexity) => {
    expect(estimateComplexity(prompt).complexity).toBe(complexity);
  });

  test("is explained by what was seen, with the points it counts for", () => {
    expect(estimateComplexity("Redesign the login across all services, and fix a typo")).toEqual({
      complexity: "medium",
      reasons: [
        '"Redesign" speaks of far-reaching work (+2)',
        '"across all services" reaches across many files (+2)',
        '"typo" asks for something small (-2)',
      ],
    });
  });

  test("counts long prompts, lists and files", () => {
    const list = ["- one", "- two", "* three", "4. four"].join("\n");
    expect(estimateComplexity(list).reasons).toEqual(["4 listed items (+2)"]);
    expect(estimateComplexity("a ".repeat(30)).reasons).toEqual(["30 words (+1)"]);
    expect(estimateComplexity("a ".repeat(120)).reasons).toEqual(["120 words (+2)"]);
    expect(estimateComplexity("Look at a.ts, b.py and src/c.go").reasons).toEqual(["3 files named (+1)"]);
    expect(estimateComplexity("Look at a.ts, a.ts and a.ts").reasons).toEqual([
      "6 words, nothing that speaks of much work",
    ]);
  });

  test("has a reason and is the same each time, whatever the prompt", () => {
    assert(
      property(string({ unit: "grapheme", maxLength: 300 }), (prompt) => {
        const estimate = estimateComplexity(prompt);
        expect(estimate.reasons.length).toBeGreaterThan(0);
        expect(estimateComplexity(prompt)).toEqual(estimate);
      }),
      { seed: 1 },
    );
  });
});

describe("the task type", () => {
  test.each([
    ["Fix the crash on start", "medium", "bug_fix"],
    ["Fix the crash on start", "simple", "simple_fix"],
    ["The login does not work", "complex", "bug_fix"],
    ["Review the payment module", "medium", "code_review"],
    ["Review the fix for the crash", "simple", "code_review"],
    ["Refactor the parser", "medium", "refactoring"],
    ["Write tests for the parser", "simple", "testing"],
    ["Improve the test coverage", "medium", "testing"],
    ["Update the README", "simple", "documentation"],
    ["Implement CSV export", "medium", "feature_implementation"],
    ["Implement CSV export", "simple", "simple_implementation"],
    ["What time is it?", "simple", "default"],
  ] as const)("of %j (%s) is %s", (prompt, complexity, taskType) => {
    expect(detectTaskType(prompt, complexity).taskType).toBe(taskType);
  });

  test("names the word that decided", () => {
    expect(detectTaskType("Please audit this", "simple").reason).toBe('"audit" in the prompt');
    expect(detectTaskType("Hello", "simple").reason).toBe("no word in the prompt names a kind of work");
  });
});
