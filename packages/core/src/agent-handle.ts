import type { AgentReply, SendOptions } from "./agents/index.js";
import { OrchestratorError } from "./domain/index.js";
import type { AgentDetails } from "./task-details.js";

/** How full an agent's context window is, by the usage of its last answer. */
export interface ContextUsage {
  usedTokens: number;
  windowTokens: number;
  percentage: number;
}

/** What a handle needs of its orchestrator. */
interface AgentOperations {
  sendToAgent(agentId: string, text: string, options?: SendOptions): Promise<AgentReply>;
  interruptAgent(agentId: string): Promise<void>;
  setAgentModel(agentId: string, model: string): Promise<void>;
  getAgentDetails(agentId: string): Promise<AgentDetails>;
  deleteAgent(agentId: string): Promise<void>;
}

/** An answer that succeeded. */
export type AnsweredReply = Extract<AgentReply, { status: "answered" }>;

/**
 * One agent, to be worked with.
 *
 * @example
 * const scout = orchestrator.agent(await orchestrator.createAgent({ role: "scout" }));
 * const { text } = await scout.execute("Find all TypeScript files");
 * await scout.delete();
 */
export class AgentHandle {
  readonly agentId: string;
  readonly #orchestrator: AgentOperations;

  /** `Orchestrator.agent` makes handles. */
  constructor(orchestrator: AgentOperations, agentId: string) {
    this.#orchestrator = orchestrator;
    this.agentId = agentId;
  }

  /**
   * Gives the agent something to do and waits for its answer.
   *
   * @throws OrchestratorError the reason when the agent did not succeed; `send` returns it instead
   */
  async execute(prompt: string, options: Pick<SendOptions, "signal"> = {}): Promise<AnsweredReply> {
    const reply = await this.send(prompt, options);
    if (reply.status === "answered") return reply;
    const { code, message, hint } = reply.error;
    throw new OrchestratorError(code, message, hint);
  }

  /** Sends a message and waits for its own reply. See `Orchestrator.sendToAgent`. */
  send(text: string, options: SendOptions = {}): Promise<AgentReply> {
    return this.#orchestrator.sendToAgent(this.agentId, text, options);
  }

  /** Ends the turn that runs; the agent goes on with its next message. */
  interrupt(): Promise<void> {
    return this.#orchestrator.interruptAgent(this.agentId);
  }

  /** From its next message on the agent has another model. */
  setModel(model: string): Promise<void> {
    return this.#orchestrator.setAgentModel(this.agentId, model);
  }

  /** The Core Four and everything else that is known of it. */
  details(): Promise<AgentDetails> {
    return this.#orchestrator.getAgentDetails(this.agentId);
  }

  /** How full its window is; `null` before its first answer. */
  async contextUsage(): Promise<ContextUsage | null> {
    const { contextUsedTokens, contextWindowTokens, contextPercentage } = await this.details();
    if (contextUsedTokens === null || contextWindowTokens === null || contextPercentage === null) return null;
    return { usedTokens: contextUsedTokens, windowTokens: contextWindowTokens, percentage: contextPercentage };
  }

  /** Ends and deletes it; its record, log and costs stay. */
  delete(): Promise<void> {
    return this.#orchestrator.deleteAgent(this.agentId);
  }
}
