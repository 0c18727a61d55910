import type { EstimateRequest, NewTask } from "../../api/catalogue.ts";
import type { FieldProblem } from "../../components/form.tsx";
import { TASK_TYPES, type TaskType } from "../../format/task-types.ts";

export const MAX_PROMPT_CHARACTERS = 100_000;

/** A step of the caller's own. `id` stays the same when the order changes; `after` names steps by it. */
export interface OwnStep {
  id: number;
  role: string;
  instructions: string;
  after: number[];
}

const SHAPES = ["type", "workflow", "roles"] as const;
const ORDERS = ["sequential", "parallel", "dependencies"] as const;
const MODES = ["sequential", "parallel"] as const;
const ANALYST = ["auto", "yes", "no"] as const;
const PLANS = ["template", "ai"] as const;
const PLACES = ["settings", "worktree", "in_place"] as const;
const UNCOMMITTED = ["settings", "bring", "leave"] as const;

/** A task that is being written. */
export interface Draft {
  prompt: string;
  workingDirectory: string;
  /** What its steps come from: a task type, a workflow of the repository, or the caller's own roles. */
  shape: (typeof SHAPES)[number];
  taskType: TaskType;
  includeAnalyst: (typeof ANALYST)[number];
  executionMode: (typeof MODES)[number];
  plan: (typeof PLANS)[number];
  workflow: string;
  steps: OwnStep[];
  order: (typeof ORDERS)[number];
  model: string;
  /** As it was typed; empty for none. */
  budgetUsd: string;
  place: (typeof PLACES)[number];
  uncommitted: (typeof UNCOMMITTED)[number];
  requireChecks: boolean;
}

/** What a new draft begins with. */
export function emptyDraft(workingDirectory: string): Draft {
  return {
    prompt: "",
    workingDirectory,
    shape: "type",
    taskType: "auto",
    includeAnalyst: "auto",
    executionMode: "sequential",
    plan: "template",
    workflow: "",
    steps: [{ id: 1, role: "builder", instructions: "", after: [] }],
    order: "sequential",
    model: "",
    budgetUsd: "",
    place: "settings",
    uncommitted: "settings",
    requireChecks: false,
  };
}

/**
 * Reads a draft that was kept. Whatever in it cannot be used, such as what an older page has left, is as in a new one.
 *
 * @param kept - as `JSON.stringify` has written it; `null` when there is none
 */
export function readDraft(kept: string | null, workingDirectory: string): Draft {
  const empty = emptyDraft(workingDirectory);
  const fields = parseObject(kept);
  const text = (key: keyof Draft & string, fallback: string) =>
    typeof fields[key] === "string" ? fields[key] : fallback;
  const choice = <T extends string>(key: keyof Draft & string, choices: readonly T[], fallback: T) =>
    choices.find((each) => each === fields[key]) ?? fallback;
  const steps = Array.isArray(fields.steps) ? fields.steps.flatMap(readStep) : empty.steps;
  return {
    prompt: text("prompt", ""),
    workingDirectory: text("workingDirectory", "") || workingDirectory,
    shape: choice("shape", SHAPES, empty.shape),
    taskType: choice("taskType", TASK_TYPES, empty.taskType),
    includeAnalyst: choice("includeAnalyst", ANALYST, empty.includeAnalyst),
    executionMode: choice("executionMode", MODES, empty.executionMode),
    plan: choice("plan", PLANS, empty.plan),
    workflow: text("workflow", ""),
    steps,
    order: choice("order", ORDERS, empty.order),
    model: text("model", ""),
    budgetUsd: text("budgetUsd", ""),
    place: choice("place", PLACES, empty.place),
    uncommitted: choice("uncommitted", UNCOMMITTED, empty.uncommitted),
    requireChecks: fields.requireChecks === true,
  };
}

function parseObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Something else has written there: the draft begins anew.
    return {};
  }
}

function readStep(value: unknown): OwnStep[] {
  const { id, role, instructions, after } = (value ?? {}) as Partial<Record<keyof OwnStep, unknown>>;
  if (typeof id !== "number" || typeof role !== "string") return [];
  const ids = Array.isArray(after) ? after.filter((each) => typeof each === "number") : [];
  return [{ id, role, instructions: typeof instructions === "string" ? instructions : "", after: ids }];
}

/** What the server is asked to start. */
export function toTaskRequest(draft: Draft): NewTask {
  const request: NewTask = { ...toEstimateRequest(draft) };
  const budgetUsd = draft.budgetUsd.trim();
  if (draft.shape === "type" && draft.plan === "ai") request.plan = "ai";
  if (draft.shape === "roles" && draft.order === "dependencies") request.dependencies = toDependencies(draft.steps);
  if (draft.model.trim() !== "") request.model = draft.model.trim();
  if (budgetUsd !== "") request.budgetUsd = Number(budgetUsd);
  if (draft.uncommitted !== "settings" && draft.place !== "in_place") request.uncommitted = draft.uncommitted;
  if (draft.requireChecks) request.requireChecks = true;
  return request;
}

/** What shapes the plan: with it the server says what a task comes to. */
export function toEstimateRequest(draft: Draft): EstimateRequest {
  const directory = draft.workingDirectory.trim();
  return {
    prompt: draft.prompt,
    ...(directory === "" ? {} : { workingDirectory: directory }),
    ...(draft.place === "settings" ? {} : { inPlace: draft.place === "in_place" }),
    ...shapeOf(draft),
  };
}

function shapeOf(draft: Draft): Partial<EstimateRequest> {
  const { taskType, includeAnalyst, executionMode, workflow, steps, order } = draft;
  switch (draft.shape) {
    case "type":
      return { taskType, includeAnalyst, executionMode };
    case "workflow":
      return { workflow, executionMode };
    case "roles":
      return {
        roles: steps.map(({ role, instructions }) =>
          instructions.trim() === "" ? role : { role, instructions: instructions.trim() },
        ),
        ...(order === "dependencies" ? {} : { executionMode: order }),
      };
  }
}

function toDependencies(steps: readonly OwnStep[]): Record<string, number[]> {
  const positions = new Map(steps.map((step, position) => [step.id, position]));
  const entries = steps.map((step, position) => {
    const after = step.after.flatMap((id) => positions.get(id) ?? []);
    return [String(position), after.sort((left, right) => left - right)] as const;
  });
  return Object.fromEntries(entries.filter(([, after]) => after.length > 0));
}

/**
 * The steps of an estimate with the dependencies that the caller has set, which an estimate does not take.
 *
 * @param steps - as the server has answered, in the order of the draft's
 */
export function withOwnDependencies<T extends { key: string; dependsOn: string[] }>(
  steps: readonly T[],
  draft: Draft,
): T[] {
  if (draft.shape !== "roles" || draft.order !== "dependencies" || steps.length !== draft.steps.length)
    return [...steps];
  const dependencies = toDependencies(draft.steps);
  return steps.map((step, position) => ({
    ...step,
    dependsOn: (dependencies[position] ?? []).flatMap((before) => steps[before]?.key ?? []),
  }));
}

export type FieldName = "prompt" | "workingDirectory" | "workflow" | "roles" | "model" | "budgetUsd";
export type Problems = Partial<Record<FieldName | "form", FieldProblem>>;

/** What can be said to be wrong without asking the server. */
export function findProblems(draft: Draft): Problems {
  const problems: Problems = {};
  if (draft.prompt.trim() === "")
    problems.prompt = { message: "The prompt is empty.", hint: "Say what is to be done." };
  if (draft.prompt.length > MAX_PROMPT_CHARACTERS)
    problems.prompt = {
      message: "The prompt is too long.",
      hint: "Put the long part into a file in the working directory and name it here.",
    };
  const budgetUsd = draft.budgetUsd.trim();
  if (budgetUsd !== "" && !(Number(budgetUsd) > 0 && Number.isFinite(Number(budgetUsd))))
    problems.budgetUsd = {
      message: `The budget ${budgetUsd} is not an amount above 0.`,
      hint: "Give US dollars, for example 0.50, or leave it empty.",
    };
  if (draft.shape === "workflow" && draft.workflow === "")
    problems.workflow = { message: "No workflow is chosen.", hint: "Choose one, or let the task type say what runs." };
  if (draft.shape === "roles" && draft.steps.length === 0)
    problems.roles = { message: "There is no role.", hint: "Add one." };
  return problems;
}

/**
 * The field that a refusal of the server is about, by the words of its message.
 *
 * @returns `form` where it is about none of them
 */
export function fieldOf({ code, message }: { code: string; message: string }, draft: Draft): FieldName | "form" {
  if (code === "directory_not_allowed") return "workingDirectory";
  if (/\b(budget|price)\b/i.test(message)) return "budgetUsd";
  if (/\bprompt\b/i.test(message)) return "prompt";
  if (/^The (working )?directory\b|\bis a file, not a directory\b/i.test(message)) return "workingDirectory";
  if (code === "invalid_workflow" || /\bworkflow\b/i.test(message))
    return draft.shape === "roles" ? "roles" : draft.shape === "workflow" ? "workflow" : "form";
  if (draft.shape === "roles" && (code === "invalid_role" || /\b(roles?|steps?|depend)/i.test(message))) return "roles";
  if (/\bmodel\b/i.test(message)) return "model";
  return "form";
}

/**
 * Of directories that were used, those that this server may work in.
 *
 * @param roots - what it may work in, with all that is below
 */
export function allowedAmong(directories: readonly string[], roots: readonly string[]): string[] {
  return directories.filter((path) => roots.some((root) => path === root || path.startsWith(`${root}/`)));
}
