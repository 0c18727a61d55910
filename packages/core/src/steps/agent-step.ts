import type { OpenAgentLog } from "../agents/index.js";
import type { Config } from "../config/index.js";
import type { StepExecutor } from "../engine/index.js";
import { type Role, requireRole } from "../roles/index.js";
import type { ClaudeRuntime } from "../runtime/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import { AgentStepRun } from "./agent-step-run.js";
import { StepAgent } from "./step-agent.js";
import { createTaskResources, type TaskResources } from "./task-resources.js";

export interface AgentStepOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  openLog: OpenAgentLog;
  /** The roles of a task's directory. */
  rolesOf(task: TaskRecord): ReadonlyMap<string, Role>;
}

/**
 * Runs steps by giving each to an agent of its own.
 *
 * @param options - store, runtime, configuration and roles
 */
export function createAgentStepExecutor(options: AgentStepOptions): StepExecutor {
  const { store, runtime, config, openLog } = options;
  const resources = new Map<string, TaskResources>();

  function resourcesOf(task: TaskRecord): TaskResources {
    const held = resources.get(task.taskId) ?? createTaskResources(task, store, config.home);
    resources.set(task.taskId, held);
    return held;
  }

  function createAgent(task: TaskRecord, step: StepRecord): StepAgent {
    const role = requireRole(options.rolesOf(task), step.role);
    return new StepAgent({ store, runtime, config, openLog, task, step, role });
  }

  return {
    run(context) {
      const { task, step } = context;
      const held = resourcesOf(task);
      held.begun.add(step.stepKey);
      const takeAgent = () => {
        const prepared = held.prepared.get(step.stepKey);
        held.prepared.delete(step.stepKey);
        return prepared ?? createAgent(task, step);
      };
      const role = requireRole(options.rolesOf(task), step.role);
      const run = new AgentStepRun({ store, role, context, held, takeAgent });
      return run.run().finally(() => held.settle(step.stepKey));
    },
    prepare(task, step) {
      const held = resourcesOf(task);
      // Two processes that start at once slow each other down: first come those that are needed now.
      void Promise.all(step.dependsOn.map(held.settledIn)).then(() => {
        if (held.begun.has(step.stepKey) || resources.get(task.taskId) !== held) return;
        held.prepared.set(step.stepKey, createAgent(task, step));
      });
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
