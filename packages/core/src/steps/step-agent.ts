import { randomUUID } from "node:crypto";
import {
  type AgentLog,
  AgentProcess,
  composeSystemPrompt,
  type OpenAgentLog,
  settingsOf,
  type TurnAnswer,
} from "../agents/index.js";
import type { Config } from "../config/index.js";
import {
  type ErrorRecord,
  type EventData,
  type EventType,
  NO_USAGE,
  newId,
  type StoredEventOf,
} from "../domain/index.js";
import type { Holds } from "../limits/index.js";
import type { Role } from "../roles/index.js";
import type { ClaudeRuntime, JsonSchema } from "../runtime/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import type { StepWorkspace } from "./step-workspace.js";

export interface StepAgentOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  holds: Holds;
  openLog: OpenAgentLog;
  onTrouble(message: string, error: unknown): void;
  task: TaskRecord;
  step: StepRecord;
  role: Role;
  outputSchema: JsonSchema;
  /** The agent of the step that was interrupted: this one is the same, and goes on with its session where it has one. */
  earlier?: { agentId: string; sessionId: string | null } | undefined;
  /** Where it works, and what it finds in its environment there. */
  workspace: Pick<StepWorkspace, "directory" | "variables" | "root" | "worktree">;
}

function redirectionOf({ root, worktree }: StepAgentOptions["workspace"]): { from: string; to: string } | null {
  return worktree ? { from: worktree.repository, to: root } : null;
}

type NewEventOf<T extends EventType> = { type: T; data: EventData<T> };

/**
 * The agent of one step: its process, its records and its end. The process may be started before the step is, so that
 * the step need not wait for it; until then nothing of it is recorded.
 */
export class StepAgent {
  readonly agentId: string;
  readonly process: AgentProcess;
  readonly #options: StepAgentOptions;
  readonly #log: AgentLog;
  readonly #systemPrompt: string;
  readonly #model: string;
  #hasEnded = false;

  constructor(options: StepAgentOptions) {
    const { role, step, task, runtime, store, config, holds, onTrouble } = options;
    this.#options = options;
    this.agentId = options.earlier?.agentId ?? newId("agent");
    this.#systemPrompt = composeSystemPrompt(role, "handoff");
    this.#model = role.model ?? task.model;
    this.#log = options.openLog({ agentId: this.agentId, taskId: task.taskId, name: step.stepKey });
    this.process = new AgentProcess({
      store,
      runtime,
      config,
      holds,
      onTrouble,
      log: this.#log,
      agent: {
        agentId: this.agentId,
        taskId: task.taskId,
        stepKey: step.stepKey,
        model: this.#model,
        systemPrompt: this.#systemPrompt,
        tools: role.tools,
        workingDirectory: options.workspace.directory,
        variables: options.workspace.variables,
        redirection: redirectionOf(options.workspace),
        settings: settingsOf(role),
      },
      outputSchema: options.outputSchema,
      resume: options.earlier?.sessionId ?? null,
    });
  }

  /** Whether it goes on with a conversation that was interrupted. */
  get isResumed(): boolean {
    return (this.#options.earlier?.sessionId ?? null) !== null;
  }

  /** The event that records it; `null` for one that was recorded before it was interrupted. */
  created(): NewEventOf<"agent.created"> | null {
    const { role, step, task, earlier } = this.#options;
    if (earlier) return null;
    return {
      type: "agent.created",
      data: {
        name: step.stepKey,
        role: role.name,
        model: this.#model,
        tools: [...role.tools],
        systemPrompt: this.#systemPrompt,
        workingDirectory: this.#options.workspace.directory,
        logDirectory: this.#log.directory,
        rehearsal: task.rehearsal,
        settings: settingsOf(role),
      },
    };
  }

  /**
   * The step begins: what has happened to the agent so far is recorded, and its process awaited.
   *
   * @throws OrchestratorError when the process does not start
   */
  async begin(): Promise<void> {
    if (!this.isResumed) this.#log.prompt("System prompt", this.#systemPrompt);
    this.process.begin();
    await this.process.ready();
  }

  /** Sends a message and waits for the turn that answers it, with everything recorded. */
  ask(text: string): Promise<TurnAnswer> {
    return this.process.ask(randomUUID(), text);
  }

  /** Somebody writes to the agent: the message joins the turn that runs, and the turn's result is the reply. */
  async takeMessage({ data }: StoredEventOf<"agent.messaged">): Promise<void> {
    const { messageId } = data;
    const { result } = await this.process.ask(messageId, data.text);
    const reply = result.ok
      ? { status: "answered" as const, text: result.text || JSON.stringify(result.structuredOutput), error: null }
      : { status: "failed" as const, text: result.text, error: result.error };
    this.#reply(messageId, reply);
    await this.process.settled();
  }

  /** Ends the process and everything that it started. */
  stop(): Promise<void> {
    return this.process.stop();
  }

  /**
   * Records how the agent ended.
   *
   * @param error - why it failed, or `null`
   */
  async end(error: ErrorRecord | null): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.process.settled();
    const { store } = this.#options;
    for (const { messageId } of await store.listOpenMessages(this.agentId)) {
      const ended = { code: "agent_deleted" as const, message: "The agent's step ended first.", hint: "" };
      this.#reply(messageId, { status: "failed", text: "", error: ended });
    }
    this.process.append({ type: "agent.ended", data: { status: error ? "failed" : "completed", error } });
    await this.process.settled();
    this.#log.close(await store.getAgent(this.agentId));
  }

  #reply(messageId: string, reply: { status: "answered" | "failed"; text: string; error: ErrorRecord | null }): void {
    const nothing = { steered: true, modelCalls: 0, usage: NO_USAGE, costUsd: 0 };
    this.process.append({ type: "agent.replied", data: { messageId, ...reply, ...nothing } });
  }
}
