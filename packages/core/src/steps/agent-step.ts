import {
  type AgentCommands,
  handoffJsonSchema,
  type OpenAgentLog,
  parseHandoff,
  type Supervisor,
} from "../agents/index.js";
import type { Config } from "../config/index.js";
import type { StepContext, StepExecutor, StepOutcome } from "../engine/index.js";
import type { Holds } from "../limits/index.js";
import { type Role, resolveRole } from "../roles/index.js";
import type { ClaudeRuntime } from "../runtime/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import { AgentStepRun, type Assignment } from "./agent-step-run.js";
import { findInterrupted } from "./interrupted-step.js";
import type { ResourcePool } from "./resource-pool.js";
import { continueAfter } from "./rounds.js";
import { StepAgent } from "./step-agent.js";
import { readStepPrompt } from "./step-prompt.js";
import type { StepWorkspace } from "./step-workspace.js";
import { withWorkspace } from "./with-workspace.js";

export interface AgentStepOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  /** What the whole fleet waits for. */
  holds: Holds;
  openLog: OpenAgentLog;
  commands: AgentCommands;
  supervisor: Supervisor;
  /** The roles of a task's directory. */
  rolesOf(task: TaskRecord): ReadonlyMap<string, Role>;
  /** What is held for tasks that run here. */
  resources: ResourcePool;
  onTrouble(message: string, error: unknown): void;
}

/** Runs steps by giving each to an agent of its own, and can be lent to executors of other kinds. */
export interface AgentStepExecutor extends StepExecutor {
  /** Runs a step whose agent is asked for something other than its role's handoff. */
  runWith(context: StepContext, assignment: Assignment): Promise<StepOutcome>;
  /**
   * Does all of a step that is claimed with this scope. When it was let go first while the fleet is held and ends without
   * a model call, also before it has an agent, another is let go.
   */
  endTrial<T>(context: StepContext, work: () => Promise<T>): Promise<T>;
  /** What an agent of the step's role is asked for. */
  assignmentOf(context: StepContext): Promise<Assignment>;
}

const MAX_ATTEMPTS = 2;

/**
 * Runs steps by giving each to an agent of its own.
 *
 * @param options - store, runtime, configuration and roles
 */
export function createAgentStepExecutor(options: AgentStepOptions): AgentStepExecutor {
  const { store, runtime, config, holds, openLog, commands, supervisor, resources, onTrouble } = options;

  function roleOf(task: TaskRecord, step: StepRecord): Role {
    return resolveRole(options.rolesOf(task), step.role, step.overrides);
  }

  function createAgent(
    task: TaskRecord,
    step: StepRecord,
    outputSchema: Assignment["schema"],
    workspace: StepWorkspace,
    earlier?: { agentId: string; sessionId: string | null },
  ): StepAgent {
    const role = roleOf(task, step);
    return new StepAgent({
      store,
      runtime,
      config,
      holds,
      openLog,
      onTrouble,
      task,
      step,
      role,
      outputSchema,
      workspace,
      earlier,
    });
  }

  function hear(agent: StepAgent, kill: (reason: string) => void): Promise<() => void> {
    return commands.on(agent.agentId, (event) => {
      if (event.type === "agent.kill_requested") kill(event.data.reason);
      else if (event.type === "agent.interrupt_requested") void agent.process.interrupt();
      else if (event.type === "agent.messaged")
        agent.takeMessage(event).catch((error) => onTrouble("a message to an agent was not answered", error));
    });
  }

  async function runWith(context: StepContext, assignment: Assignment): Promise<StepOutcome> {
    const { task, step, signal } = context;
    const held = resources.of(task);
    held.begun.add(step.stepKey);
    const workspace = await held.workspaceOf(step, signal);
    const interrupted = await findInterrupted(store, step, workspace);
    let isFirst = true;
    const takeAgent = () => {
      if (interrupted && isFirst) {
        isFirst = false;
        return createAgent(task, step, assignment.schema, workspace, interrupted);
      }
      const prepared = held.prepared.get(step.stepKey);
      held.prepared.delete(step.stepKey);
      return prepared ?? createAgent(task, step, assignment.schema, workspace);
    };
    const restart = ({ agentId }: StepAgent) =>
      createAgent(task, step, assignment.schema, workspace, { agentId, sessionId: null });
    const continuation = interrupted?.continuation ?? null;
    const role = roleOf(task, step);
    const settings = resources.configOf(task);
    const given = {
      store,
      config: settings,
      supervisor,
      role,
      context,
      held,
      workspace,
      assignment,
      takeAgent,
      hear,
      restart,
      continuation,
    };
    return new AgentStepRun(given).run().finally(() => held.settle(step.stepKey));
  }

  function endTrial<T>({ task, step }: StepContext, work: () => Promise<T>): Promise<T> {
    return work().finally(() => holds.ended(`${task.taskId}/${step.stepKey}`));
  }

  async function assignmentOf({ task, step, signal }: StepContext): Promise<Assignment> {
    const { kind } = roleOf(task, step);
    const workspace = await resources.of(task).workspaceOf(step, signal);
    return {
      prompt: await readStepPrompt(store, task, step, workspace),
      schema: handoffJsonSchema(kind),
      parse: (value) => parseHandoff(kind, value),
      maxAttempts: MAX_ATTEMPTS,
    };
  }

  return {
    scope: holds.scope,
    runWith,
    endTrial,
    assignmentOf,
    run: (context) =>
      endTrial(context, () =>
        withWorkspace(context, async () => {
          const outcome = await runWith(context, await assignmentOf(context));
          return continueAfter(context, outcome, options);
        }),
      ),
    prepare(task, step) {
      const held = resources.of(task);
      // Two processes that start at once slow each other down: first come those that are needed now.
      Promise.all(step.dependsOn.map(held.settledIn))
        .then(() => {
          const workspace = held.openWorkspaceOf(step);
          if (!workspace || held.begun.has(step.stepKey) || !resources.holds(held)) return;
          const schema = handoffJsonSchema(roleOf(task, step).kind);
          held.prepared.set(step.stepKey, createAgent(task, step, schema, workspace));
        })
        .catch((error) => onTrouble("an agent could not be made ready ahead of its step", error));
    },
    async finish(task, isSuspended) {
      const held = resources.peek(task);
      if (held) await Promise.all([...held.ending, ...[...held.prepared.values()].map((agent) => agent.stop())]);
      await resources.letGo(task, isSuspended);
      if (isSuspended) return;
      const subject = { taskId: task.taskId, stepKey: null };
      // Those of a process before this one are over, too.
      const left = await store.listAgents({ taskId: task.taskId, isDeleted: false });
      await store.append(left.map(({ agentId }) => ({ ...subject, agentId, type: "agent.deleted", data: {} })));
    },
  };
}
