import { randomUUID } from "node:crypto";
import { type AgentLog, composeSystemPrompt, handoffJsonSchema, type OpenAgentLog } from "../agents/index.js";
import type { Config } from "../config/index.js";
import { type ErrorRecord, newId } from "../domain/index.js";
import { decidePermission } from "../permissions/index.js";
import type { Role } from "../roles/index.js";
import type { AgentSession, ClaudeRuntime, TurnResult } from "../runtime/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import { Recorder } from "./recorder.js";

export interface StepAgentOptions {
  store: Store;
  runtime: ClaudeRuntime;
  config: Config;
  openLog: OpenAgentLog;
  task: TaskRecord;
  step: StepRecord;
  role: Role;
}

/**
 * The agent of one step: its process, its records and its end. The process may be started before the step is, so that
 * the step need not wait for it; until then nothing of it is recorded.
 */
export class StepAgent {
  readonly agentId = newId("agent");
  /** Called after each booked model call. */
  onBooked: () => void = () => {};
  readonly #options: StepAgentOptions;
  readonly #log: AgentLog;
  readonly #recorder: Recorder;
  readonly #systemPrompt: string;
  readonly #model: string;
  readonly #starting: Promise<AgentSession>;
  /** What happened before the step began, to be recorded when it does. */
  #early: (() => void)[] | null = [];
  #hasEnded = false;
  /** Called when the first answer begins to arrive. */
  onFirstAnswer: () => void = () => {};
  /** Whether it has used its shell. */
  hasRunCommands = false;

  constructor(options: StepAgentOptions) {
    const { role, step, task, runtime, store, config } = options;
    this.#options = options;
    this.#systemPrompt = composeSystemPrompt(role);
    this.#model = role.model ?? task.model;
    this.#log = options.openLog({ agentId: this.agentId, taskId: task.taskId, name: step.stepKey });
    this.#recorder = new Recorder({
      store,
      log: this.#log,
      taskId: task.taskId,
      stepKey: step.stepKey,
      agentId: this.agentId,
      workingDirectory: task.workingDirectory,
      keepLedger: config.costTracking,
      prices: config.prices,
      onBooked: () => this.onBooked(),
      onFailure: () => void this.stop(),
    });
    const permissions = {
      workspace: task.workingDirectory,
      writes: role.writes,
      tools: role.tools,
      runtimeDirectory: runtime.configDirectory,
    };
    this.#starting = runtime.start({
      agentId: this.agentId,
      workingDirectory: task.workingDirectory,
      model: this.#model,
      fallbackModel: role.fallbackModel,
      systemPrompt: this.#systemPrompt,
      tools: role.tools,
      effort: role.effort,
      maxTurns: role.maxTurns,
      sandbox: role.sandbox,
      outputSchema: handoffJsonSchema(role.kind),
      decide: (tool, input) => decidePermission(tool, input, permissions),
      onEvent: (event) => {
        if (event.type === "model_call.report") this.onFirstAnswer();
        if (event.type === "tool.start" && event.tool === "Bash") this.hasRunCommands = true;
        if (this.#early) this.#early.push(() => this.#recorder.take(event));
        else this.#recorder.take(event);
      },
    });
    // A start that fails is reported by begin(); one that nobody waits for any more is nobody's news.
    this.#starting.catch(() => {});
  }

  /**
   * The step begins: the agent is recorded, and its process awaited.
   *
   * @throws OrchestratorError when the process does not start
   */
  async begin(): Promise<void> {
    const { role, step, task } = this.#options;
    this.#recorder.append({
      type: "agent.created",
      data: {
        name: step.stepKey,
        role: role.name,
        model: this.#model,
        tools: [...role.tools],
        systemPrompt: this.#systemPrompt,
        workingDirectory: task.workingDirectory,
        logDirectory: this.#log.directory,
      },
    });
    this.#log.prompt("System prompt", this.#systemPrompt);
    for (const record of this.#early ?? []) record();
    this.#early = null;
    await this.#starting;
    await this.#recorder.settled();
  }

  /** Sends a message and waits for the turn that answers it, with everything recorded. */
  async ask(text: string): Promise<TurnResult> {
    const session = await this.#starting;
    const messageId = randomUUID();
    this.#log.prompt("Message", text);
    this.#recorder.append({ type: "agent.prompted", data: { messageId, prompt: text } });
    await this.#recorder.settled();
    const result = await session.send(messageId, text);
    await this.#recorder.settled();
    return result;
  }

  /** Ends the process and everything that it started. */
  async stop(): Promise<void> {
    const session = await this.#starting.catch(() => null);
    await session?.close();
  }

  /**
   * Records how the agent ended.
   *
   * @param error - why it failed, or `null`
   */
  async end(error: ErrorRecord | null): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#recorder.append({ type: "agent.ended", data: { status: error ? "failed" : "completed", error } });
    await this.#recorder.settled();
    this.#log.close(await this.#options.store.getAgent(this.agentId));
  }
}
