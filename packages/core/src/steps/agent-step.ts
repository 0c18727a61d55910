import {
  type AgentCommands,
  handoffJsonSchema,
  type OpenAgentLog,
  parseHandoff,
  type Supervisor,
} from "../agents/index.js";
import type { Config } from "../config/index.js";
import type { StepContext, StepExecutor, StepOutcome } from "../engine/index.js";
import { type Role, resolveRole } from "../roles/index.js";
import type { ClaudeRuntime } from "../runtime/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import { AgentStepRun, type Assignment } from "./agent-step-run.js";
import { StepAgent } from "./step-agent.js";
import { readStepPrompt } from "./step-prompt.js";
import { createTaskResources, type TaskResources } from "./task-resources.js";

export interface AgentStepOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  openLog: OpenAgentLog;
  commands: AgentCommands;
  supervisor: Supervisor;
  /** The roles of a task's directory. */
  rolesOf(task: TaskRecord): ReadonlyMap<string, Role>;
  onTrouble(message: string, error: unknown): void;
}

/** Runs steps by giving each to an agent of its own, and can be lent to executors of other kinds. */
export interface AgentStepExecutor extends StepExecutor {
  /** Runs a step whose agent is asked for something other than its role's handoff. */
  runWith(context: StepContext, assignment: Assignment): Promise<StepOutcome>;
}

const MAX_ATTEMPTS = 2;

/**
 * Runs steps by giving each to an agent of its own.
 *
 * @param options - store, runtime, configuration and roles
 */
export function createAgentStepExecutor(options: AgentStepOptions): AgentStepExecutor {
  const { store, runtime, config, openLog, commands, supervisor, onTrouble } = options;
  const resources = new Map<string, TaskResources>();

  function resourcesOf(task: TaskRecord): TaskResources {
    const held = resources.get(task.taskId) ?? createTaskResources(task, store, config.home);
    resources.set(task.taskId, held);
    return held;
  }

  function roleOf(task: TaskRecord, step: StepRecord): Role {
    return resolveRole(options.rolesOf(task), step.role, step.overrides);
  }

  function createAgent(task: TaskRecord, step: StepRecord, outputSchema: Assignment["schema"]): StepAgent {
    return new StepAgent({ store, runtime, config, openLog, task, step, role: roleOf(task, step), outputSchema });
  }

  function hear(agent: StepAgent, kill: (reason: string) => void): Promise<() => void> {
    return commands.on(agent.agentId, (event) => {
      if (event.type === "agent.kill_requested") kill(event.data.reason);
      else if (event.type === "agent.interrupt_requested") void agent.process.interrupt();
      else if (event.type === "agent.messaged")
        agent.takeMessage(event).catch((error) => onTrouble("a message to an agent was not answered", error));
    });
  }

  function runWith(context: StepContext, assignment: Assignment): Promise<StepOutcome> {
    const { task, step } = context;
    const held = resourcesOf(task);
    held.begun.add(step.stepKey);
    const takeAgent = () => {
      const prepared = held.prepared.get(step.stepKey);
      held.prepared.delete(step.stepKey);
      return prepared ?? createAgent(task, step, assignment.schema);
    };
    const role = roleOf(task, step);
    const run = new AgentStepRun({ store, config, supervisor, role, context, held, assignment, takeAgent, hear });
    return run.run().finally(() => held.settle(step.stepKey));
  }

  return {
    runWith,
    async run(context) {
      const { kind } = roleOf(context.task, context.step);
      return runWith(context, {
        prompt: await readStepPrompt(store, context.task, context.step),
        schema: handoffJsonSchema(kind),
        parse: (value) => parseHandoff(kind, value),
        maxAttempts: MAX_ATTEMPTS,
      });
    },
    prepare(task, step) {
      const held = resourcesOf(task);
      // Two processes that start at once slow each other down: first come those that are needed now.
      Promise.all(step.dependsOn.map(held.settledIn))
        .then(() => {
          if (held.begun.has(step.stepKey) || resources.get(task.taskId) !== held) return;
          held.prepared.set(step.stepKey, createAgent(task, step, handoffJsonSchema(roleOf(task, step).kind)));
        })
        .catch((error) => onTrouble("an agent could not be made ready ahead of its step", error));
    },
    async finish(task) {
      const held = resources.get(task.taskId);
      if (!held) return;
      await Promise.all([...held.ending, ...[...held.prepared.values()].map((agent) => agent.stop())]);
      held.trees.close();
      resources.delete(task.taskId);
      const subject = { taskId: task.taskId, stepKey: null };
      await store.append(
        [...held.agentIds].map((agentId) => ({ ...subject, agentId, type: "agent.deleted", data: {} })),
      );
    },
  };
}
