import type { NewTask } from "../api/catalogue.ts";

export type TaskType = NonNullable<NewTask["taskType"]>;

/** Each task type with what it is for; `custom` is what a task with roles of its own is called. */
const MEANINGS: Record<TaskType, string> = {
  auto: "found from the prompt",
  feature_implementation: "something new, researched, planned, built, tested and reviewed",
  bug_fix: "find the cause, mend it, prove it",
  code_review: "read and judge; nothing is changed",
  documentation: "write or update documents",
  refactoring: "another shape, the same behaviour",
  testing: "write and run tests",
  simple_implementation: "something small: built and tested",
  simple_fix: "a small fix: built and tested",
  default: "plan and build",
  custom: "roles or a workflow of your own",
};

export const TASK_TYPES = Object.keys(MEANINGS) as TaskType[];

/** `bug fix` for `bug_fix`: a name as words. */
export function toWords(name: string): string {
  return name.replaceAll("_", " ");
}

/** What a task type is for. */
export function meaningOf(taskType: TaskType): string {
  return MEANINGS[taskType];
}
