import { type EventData, type NewEvent, NO_OVERRIDES, type PlannedStep } from "../domain/index.js";
import type { Store } from "../store/index.js";
import { taskCreated } from "./task-events.testsuite.js";

/** How the child process of a step behaves. Unless told, it ends well at once. */
export interface Behaviour {
  /** Attempts in which it runs until it is told to end. */
  staysOn?: "always" | readonly number[];
  /** It takes so long, where it does not stay. */
  seconds?: number;
  /** Attempts in which it fails. */
  failsOn?: readonly number[];
  /** It waits for a message to its agent, and hands that over. */
  listens?: boolean;
  /** The steps that the graph gains by it. */
  adds?: EventData<"workflow.extended">;
}

/** What a task may have other than the ordinary. */
interface TaskTraits {
  priority?: number;
  afterTaskId?: string;
  ownerId?: string;
  /** How steps behave that do not end well at once, by their key. */
  does?: Readonly<Record<string, Behaviour>>;
}

/** A planned step of an agent. A key that ends in `!` writes. */
export function plannedStep(key: string, dependsOn: string[], behaviour?: Behaviour): PlannedStep {
  return {
    key: key.replace("!", ""),
    kind: "agent",
    role: "builder",
    instructions: behaviour ? JSON.stringify(behaviour) : "",
    dependsOn,
    writes: key.endsWith("!"),
    overrides: NO_OVERRIDES,
    round: 0,
    lane: null,
  };
}

/** Records a task of steps given as `{ key: [what it depends on] }`; a key that ends in `!` writes. */
export async function addTask(
  store: Store,
  taskId: string,
  edges: Readonly<Record<string, string[]>>,
  workingDirectory = "/work",
  given: TaskTraits = {},
): Promise<void> {
  const subject = { taskId, stepKey: null, agentId: null };
  const steps = Object.entries(edges).map(([key, dependsOn]) =>
    plannedStep(key, dependsOn, given.does?.[key.replace("!", "")]),
  );
  const created = taskCreated(taskId, {
    workingDirectory,
    executionMode: "dependencies",
    priority: given.priority ?? 0,
    afterTaskId: given.afterTaskId ?? null,
    ownerId: given.ownerId ?? null,
  });
  const plan = { planMode: "custom" as const, workflow: null, complexity: "simple" as const, reasons: [] };
  await store.append([created, { ...subject, type: "workflow.planned", data: { ...plan, steps, checks: [] } }]);
}

/** Resolves with the first event of a type about a step, or about the task itself. */
export async function nextEvent(
  store: Store,
  type: NewEvent["type"],
  stepKey: string | null,
  taskId?: string,
): Promise<void> {
  for await (const event of store.subscribe({ taskId })) if (event.type === type && event.stepKey === stepKey) return;
}
