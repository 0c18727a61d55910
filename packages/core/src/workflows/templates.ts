import type { Complexity, TaskType } from "../domain/index.js";

/** Task types that have a template; the other two are resolved or brought by the caller. */
export type TemplateTaskType = Exclude<TaskType, "auto" | "custom">;

/** The roles of each task type, in order. `analyst?` is included as the caller wants: see `includeAnalyst`. */
export const TEMPLATES: Readonly<Record<TemplateTaskType, readonly string[]>> = {
  feature_implementation: ["analyst", "planner", "builder", "tester", "reviewer"],
  bug_fix: ["analyst", "planner", "builder", "tester", "reviewer"],
  code_review: ["analyst", "planner", "reviewer", "tester"],
  documentation: ["analyst", "planner", "documenter", "reviewer"],
  refactoring: ["analyst", "planner", "builder", "tester", "reviewer"],
  testing: ["planner", "tester", "reviewer"],
  simple_implementation: ["builder", "tester"],
  simple_fix: ["builder", "tester"],
  default: ["planner", "builder"],
};

const TEST_SCOPE: Readonly<Record<Complexity, string>> = {
  simple: "Write two or three tests that prove the change; no more.",
  medium: "Cover the main behaviour and the edge cases that matter.",
  complex: "Cover the behaviour thoroughly: edge cases, failures, and what must not change.",
};

const RESEARCH_SCOPE: Readonly<Record<Complexity, string>> = {
  simple: "Look only at what is named; a few minutes are enough.",
  medium: "Look at what is named and at what calls it.",
  complex: "Map everything that the task touches, its callers and its contracts.",
};

/**
 * What a role is asked to do in a task of some type.
 *
 * @param role - a built-in role; any other gets no instructions of ours
 */
export function instructionsFor(role: string, taskType: TaskType, complexity: Complexity): string {
  switch (role) {
    case "analyst":
      return taskType === "bug_fix"
        ? `Find the cause of the fault. ${RESEARCH_SCOPE[complexity]}`
        : `Research what the task needs. ${RESEARCH_SCOPE[complexity]}`;
    case "scout":
      return "Find the files that matter for the task.";
    case "planner":
      return taskType === "code_review"
        ? "Plan what the review must look at, and how to check it."
        : "Plan the work for the agents after you.";
    case "builder":
      return taskType === "refactoring"
        ? "Do the refactoring. Behaviour must stay exactly as it is."
        : "Do the work, following the plan where there is one.";
    case "tester":
      return taskType === "code_review"
        ? "Run the project's tests and checks and report what they say. Change no product code."
        : `Test what was done. ${TEST_SCOPE[complexity]} Then run the project's tests.`;
    case "reviewer":
      return taskType === "code_review"
        ? "Review the code that the task names."
        : "Review what the earlier steps changed.";
    case "documenter":
      return "Write the documentation that the task asks for.";
    default:
      return "";
  }
}
