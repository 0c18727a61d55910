import { type Complexity, OrchestratorError, TASK_TYPES, type TaskType } from "../domain/index.js";

/** Tried in this order: the first whose words are in the prompt. */
const SIGNS: readonly [TaskType, RegExp][] = [
  ["code_review", /\b(review|audit|assess|critique)\b/i],
  [
    "bug_fix",
    /\b(fix\w*|bugs?|broken|crash\w*|fail(?:s|ing|ed|ure)?|errors?|regression|wrong(?:ly)?|defect|does(?:n't| not) work)\b/i,
  ],
  ["refactoring", /\b(refactor\w*|clean ?up|simplify|restructure|extract|rename|split up|deduplicate)\b/i],
  ["testing", /\b(write|add|create|extend|improve)\b[^.\n]{0,40}\btests?\b|\btest coverage\b/i],
  ["documentation", /\b(document(?:ation)?|docs?|readme|changelog|docstrings?|comments?)\b/i],
  [
    "feature_implementation",
    /\b(implement|add|create|build|develop|support|introduce|extend|write|make|allow|enable)\b/i,
  ],
];

/**
 * Finds the type of a task from its prompt.
 *
 * @param prompt - the task
 * @param complexity - a simple fix or feature has a shorter workflow
 * @returns the type and why
 */
export function detectTaskType(prompt: string, complexity: Complexity): { taskType: TaskType; reason: string } {
  for (const [taskType, pattern] of SIGNS) {
    const match = pattern.exec(prompt);
    if (!match) continue;
    const short = SHORT_FORMS[taskType];
    const found = complexity === "simple" && short ? short : taskType;
    return { taskType: found, reason: `"${match[0]}" in the prompt` };
  }
  return { taskType: "default", reason: "no word in the prompt names a kind of work" };
}

const SHORT_FORMS: Partial<Record<TaskType, TaskType>> = {
  bug_fix: "simple_fix",
  feature_implementation: "simple_implementation",
};

/**
 * Reads a task type that a user named.
 *
 * @throws OrchestratorError `invalid_input` that lists the types
 */
export function parseTaskType(value: string): TaskType {
  const found = TASK_TYPES.find((taskType) => taskType === value);
  if (found) return found;
  throw new OrchestratorError(
    "invalid_input",
    `"${value}" is not a task type.`,
    `The task types are: ${TASK_TYPES.join(", ")}.`,
  );
}
