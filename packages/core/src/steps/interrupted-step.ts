import { composeResumption, type Handoff } from "../agents/index.js";
import type { StepContext } from "../engine/index.js";
import type { AgentRecord, StepRecord, Store } from "../store/index.js";
import { type TreeId, treeOf } from "../workspaces/index.js";
import type { StepWorkspace } from "./step-workspace.js";

/** So many of an agent's last events are looked through for tools that never ended. */
const EVENTS = 500;

/** An agent whose step was interrupted, and what it is told when it goes on. */
export interface InterruptedAgent {
  agentId: string;
  sessionId: string | null;
  continuation: string;
}

/**
 * Finds the agent that was at work on a step when it was interrupted, by the end of its process or because the fleet was
 * held. What its last tools came to is not known; it is told so, and the log says so.
 *
 * @param step - as it stood before it was claimed
 * @param workspace - its conversation goes on only where its files are
 */
export async function findInterrupted(
  store: Store,
  step: StepRecord,
  workspace: StepWorkspace,
): Promise<InterruptedAgent | null> {
  const agent = await findOpenAgent(store, step);
  if (!agent || agent.workingDirectory !== workspace.directory) return null;
  const open = await findOpenTools(store, agent);
  const subject = { taskId: step.taskId, stepKey: step.stepKey, agentId: agent.agentId };
  const excerpt = "[the orchestrator was interrupted: what this came to is not known]";
  await store.append(
    open.map(({ toolUseId, name }) => ({
      ...subject,
      type: "tool.ended",
      data: { toolUseId, name, isError: true, excerpt, filesRead: [] },
    })),
  );
  const { agentId, sessionId } = agent;
  return { agentId, sessionId, continuation: composeResumption(open) };
}

/** The agent of a step that has not come to an end; one that has counts when the step itself has not. */
export async function findOpenAgent(store: Store, step: StepRecord): Promise<AgentRecord | null> {
  if (step.attempt === 0) return null;
  const agents = await store.listAgents({ taskId: step.taskId, isDeleted: false });
  const isOpen = ({ endedAt }: AgentRecord) => step.status === "running" || endedAt === null;
  return agents.filter((each) => each.stepKey === step.stepKey && each.error === null && isOpen(each)).at(-1) ?? null;
}

/** A handoff is among the last events of the agent that gave it. */
const LAST_EVENTS = 20;

/** What an agent of the step has handed over whose context was full: whoever comes after it goes on from there. */
export async function findPredecessor(store: Store, { taskId, stepKey }: StepRecord): Promise<Handoff | null> {
  const agents = await store.listAgents({ taskId });
  for (const { agentId } of agents.filter((agent) => agent.stepKey === stepKey).reverse()) {
    const events = await store.readEvents({ agentId, newestFirst: true, limit: LAST_EVENTS });
    const replaced = events.find((event) => event.type === "step.agent_replaced");
    if (replaced) return replaced.data.handoff as Handoff;
  }
  return null;
}

async function findOpenTools(store: Store, { agentId }: AgentRecord) {
  const events = await store.readEvents({ agentId, newestFirst: true, limit: EVENTS });
  const ended = new Set(events.flatMap((event) => (event.type === "tool.ended" ? [event.data.toolUseId] : [])));
  return events
    .flatMap((event) => (event.type === "tool.started" && !ended.has(event.data.toolUseId) ? [event.data] : []))
    .reverse();
}

/**
 * The files when a step began that was interrupted: what it has changed until then is its own.
 *
 * @param isContinued - whether an agent of it was at work before
 * @returns `null` for a step that begins now
 */
export async function findStart(
  store: Store,
  { task, step }: StepContext,
  { worktree, tip }: StepWorkspace,
  isContinued: boolean,
): Promise<TreeId | null> {
  if (step.status !== "running" && !isContinued) return null;
  // It was recorded already, and only its end was not.
  if (step.fromTree) return step.fromTree;
  if (worktree && tip) return treeOf(worktree.commonDirectory, tip);
  const [steps, [workspace]] = await Promise.all([
    store.listSteps(task.taskId),
    store.listWorkspaces({ taskId: task.taskId }),
  ]);
  const ended = steps
    .filter((each) => each.toTree !== null && each.endedAt !== null)
    .sort((a, b) => (a.endedAt ?? "").localeCompare(b.endedAt ?? ""));
  return ended.at(-1)?.toTree ?? workspace?.startTree ?? null;
}
