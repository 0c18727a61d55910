import { randomUUID } from "node:crypto";
import { type NewEvent, newId, OrchestratorError, type WhenBusy } from "../domain/index.js";
import type { Ownership } from "../ownership/index.js";
import type { Role } from "../roles/index.js";
import type { AgentRecord, Store } from "../store/index.js";
import type { AgentCommands } from "./commands.js";
import { ExpectedReplies, type ExpectedReply, gaveUp } from "./expected-replies.js";
import { HostedAgent, type HostOptions } from "./hosted-agent.js";
import { composeSystemPrompt } from "./prompt.js";
import type { AgentReply } from "./reply.js";
import { settingsOf } from "./settings.js";

/** An agent to be made by hand. */
export interface NewAgent {
  name: string;
  role: Role;
  model: string;
  workingDirectory: string;
}

export interface SendOptions {
  /** `queue` by default: the message waits its turn. `steer`: it joins the turn that runs, where one does. */
  whenBusy?: WhenBusy | undefined;
  /** Told the message's own id as soon as it is recorded; its reply is the event `agent.replied` with that id. */
  onSent?: ((messageId: string) => void) | undefined;
  /** Gives up waiting, and interrupts the answer where it has begun. */
  signal?: AbortSignal | undefined;
}

export interface AgentPoolOptions extends HostOptions {
  ownership: Ownership;
  commands: AgentCommands;
  /** Whether a script answers in place of a model in this process. */
  rehearsal: boolean;
}

type AgentSubject = Pick<AgentRecord, "agentId" | "taskId" | "stepKey">;

/** How often a sender looks whether the owner of the agent is still there. */
const OWNER_CHECK_MS = 500;
/** How long a program that stops may go on for senders of other processes. */
const DRAIN_LIMIT_MS = 8_000;
/** How long another process may take to end an agent that it runs. */
const ENDING_LIMIT_MS = 15_000;

/** Agents made by hand: whichever process gets a message for one that nobody runs takes it over. */
export class AgentPool {
  readonly #options: AgentPoolOptions;
  readonly #store: Store;
  readonly #hosts = new Map<string, { host: HostedAgent; stopHearing: () => void }>();
  readonly #claiming = new Map<string, Promise<void>>();
  readonly #expected: ExpectedReplies;
  #isClosed = false;

  constructor(options: AgentPoolOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#expected = new ExpectedReplies(options);
  }

  /** Records a new agent. Its process starts with its first message. */
  async create({ name, role, model, workingDirectory }: NewAgent): Promise<string> {
    const agentId = newId("agent");
    const { directory } = this.#options.openLog({ agentId, taskId: null, name });
    await this.#append(
      { agentId, taskId: null, stepKey: null },
      {
        type: "agent.created",
        data: {
          name,
          role: role.name,
          model: role.model ?? model,
          tools: [...role.tools],
          systemPrompt: composeSystemPrompt(role, "text"),
          workingDirectory,
          logDirectory: directory,
          rehearsal: this.#options.rehearsal,
          settings: settingsOf(role),
        },
      },
    );
    return agentId;
  }

  /**
   * Sends a message and waits for its own reply, whichever process answers.
   *
   * @throws OrchestratorError `agent_deleted` when the agent takes no messages, `cancelled` when the signal is aborted
   */
  async send(agent: AgentRecord, text: string, options: SendOptions): Promise<AgentReply> {
    this.#refuseOtherWorld(agent);
    refuseEnded(agent);
    const messageId = randomUUID();
    const reply = await this.#expected.expect(agent, messageId, options.signal);
    let stopLooking = () => {};
    try {
      if (options.signal?.aborted || this.#isClosed) throw gaveUp();
      const whenBusy = options.whenBusy ?? "queue";
      await this.#append(agent, { type: "agent.messaged", data: { messageId, text, whenBusy } });
      options.onSent?.(messageId);
      stopLooking = await this.#keepHosted(reply);
      return await reply.arrived;
    } finally {
      stopLooking();
      reply.stop();
    }
  }

  /** Asks for the end of the turn that runs, in whichever process. */
  async interrupt(agent: AgentSubject, reason: string): Promise<void> {
    await this.#append(agent, { type: "agent.interrupt_requested", data: { reason } });
  }

  /** Asks for the end of the agent's process, in whichever process it was started, and waits until it is gone. */
  async kill(agent: AgentSubject, reason: string): Promise<void> {
    let tell: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const stopHearing = await this.#options.commands.on(agent.agentId, ({ type }) => {
      if (type === "agent.ended" || type === "agent.released" || type === "agent.deleted") tell();
    });
    try {
      await this.#append(agent, { type: "agent.kill_requested", data: { reason } });
      await withinTime(over, ENDING_LIMIT_MS, () => notEnded(agent.agentId));
    } finally {
      stopHearing();
    }
  }

  /** From its next message on the agent has another model. */
  async changeModel(agent: AgentSubject, model: string): Promise<void> {
    await this.#append(agent, { type: "agent.model_changed", data: { model } });
  }

  /** Ends the agent's process and deletes the agent; its record, log and costs stay. */
  async delete(agent: AgentSubject): Promise<void> {
    const { agentId } = agent;
    let isOver = false;
    let tell: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const stopHearing = await this.#options.commands.on(agentId, (event) => {
      if (event.type !== "agent.deleted") return;
      isOver = true;
      tell();
    });
    try {
      await this.#append(agent, { type: "agent.delete_requested", data: {} });
      // A host that was just letting go, here or elsewhere, did not hear of it: then the agent is claimed once more.
      const deadline = performance.now() + ENDING_LIMIT_MS;
      while (!isOver && performance.now() < deadline) {
        await this.#host(agentId);
        await this.#hosts.get(agentId)?.host.release({ kind: "deleted" });
        isOver ||= (await this.#store.getAgent(agentId))?.status === "deleted";
        if (!isOver) await withinTime(over, OWNER_CHECK_MS, () => notEnded(agentId)).catch(() => {});
      }
      if (!isOver) throw notEnded(agentId);
    } finally {
      stopHearing();
    }
  }

  /** Ends what runs here; the agents stay and come back by their sessions. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#claiming.values());
    await Promise.all([...this.#hosts.values()].map(({ host }) => this.#letGo(host)));
    await this.#expected.settleAll();
  }

  /** A turn that answers senders of other processes only is not theirs to lose because we stop. */
  #letGo(host: HostedAgent): Promise<void> {
    const { messageIds } = host;
    const isForOthers = messageIds.length > 0 && !messageIds.some((messageId) => this.#expected.has(messageId));
    return isForOthers ? host.drain(DRAIN_LIMIT_MS) : host.release({ kind: "stopped" });
  }

  /** Sees to it that some process runs the agent for as long as a reply is awaited: this one, where no other does. */
  async #keepHosted({ agent, giveUp }: ExpectedReply): Promise<() => void> {
    const look =
      agent.taskId === null ? () => this.#hostUnlessDeleted(agent, giveUp) : () => this.#refuseOrphan(agent, giveUp);
    await look();
    const timer = setInterval(() => {
      if (this.#isClosed || this.#hosts.has(agent.agentId)) return;
      look().catch((error) => this.#options.onTrouble("an agent could not be taken over", error));
    }, OWNER_CHECK_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** One that was deleted meanwhile, by a process that has gone since, perhaps, will never answer. */
  async #hostUnlessDeleted({ agentId }: AgentRecord, giveUp: (reason: OrchestratorError) => void): Promise<void> {
    await this.#host(agentId);
    if (this.#hosts.has(agentId)) return;
    const agent = await this.#store.getAgent(agentId);
    const isMessageOpen = (await this.#store.listOpenMessages(agentId)).length > 0;
    if (!agent || (agent.status === "deleted" && isMessageOpen && agent.endedAt && isLongAgo(agent.endedAt)))
      giveUp(new OrchestratorError("agent_deleted", `The agent ${agentId} was deleted before it had answered.`, ""));
  }

  /** A step's agent cannot be taken over by whoever writes to it: with its process its replies are gone. */
  async #refuseOrphan({ agentId }: AgentRecord, giveUp: (reason: OrchestratorError) => void): Promise<void> {
    const agent = await this.#store.getAgent(agentId);
    if (agent && !(await this.#options.ownership.isGone(agent.ownerId))) return;
    // It has ended, and has told what became of its messages: that is on its way.
    if ((await this.#store.listOpenMessages(agentId)).length === 0) return;
    giveUp(
      new OrchestratorError(
        "process_exited",
        `The process that ran agent ${agentId} is gone.`,
        "Its record and its log are still there: orchestrator agent-details",
      ),
    );
  }

  /** Runs the agent here unless another living process does. */
  #host(agentId: string): Promise<void> {
    const known = this.#hosts.get(agentId);
    if (known || this.#isClosed) {
      known?.host.notice();
      return Promise.resolve();
    }
    // Two senders of one process claim together.
    const claiming = this.#claiming.get(agentId) ?? this.#claim(agentId).finally(() => this.#claiming.delete(agentId));
    this.#claiming.set(agentId, claiming);
    return claiming;
  }

  async #claim(agentId: string): Promise<void> {
    const { ownership, commands } = this.#options;
    await ownership.signOn();
    const claimant = { ownerId: ownership.ownerId, ...(await ownership.liveness()) };
    if (!(await this.#store.claimAgent(agentId, claimant))) return;
    const host = new HostedAgent(this.#options, agentId, ownership.ownerId);
    const stopHearing = await commands.on(agentId, (event) => {
      if (event.type === "agent.messaged") host.notice();
      else if (event.type === "agent.interrupt_requested") host.interrupt(event.data.reason);
      else if (event.type === "agent.kill_requested") void host.release({ kind: "killed", reason: event.data.reason });
      else if (event.type === "agent.delete_requested") void host.release({ kind: "deleted" });
    });
    this.#hosts.set(agentId, { host, stopHearing });
    // What was sent between the claim and the listening.
    host.notice();
    void host.ended.then(() => {
      stopHearing();
      this.#hosts.delete(agentId);
    });
  }

  /** A rehearsal must not go on with a model that costs money, nor the other way round. */
  #refuseOtherWorld({ agentId, rehearsal }: AgentRecord): void {
    if (rehearsal === this.#options.rehearsal) return;
    throw new OrchestratorError(
      "invalid_input",
      rehearsal
        ? `The agent ${agentId} was made in a rehearsal, and this would go to a real model.`
        : `The agent ${agentId} is a real one, and this is a rehearsal.`,
      rehearsal ? "Send it with --rehearse." : "Send it without --rehearse.",
    );
  }

  async #append({ agentId, taskId, stepKey }: AgentSubject, event: Pick<NewEvent, "type" | "data">): Promise<void> {
    await this.#store.append([{ ...event, taskId, stepKey, agentId } as NewEvent]);
  }
}

/** Long enough for the process that deletes an agent to answer what is in its mailbox. */
const DELETED_MS = 3_000;

function isLongAgo(time: string): boolean {
  return Date.now() - Date.parse(time) > DELETED_MS;
}

async function withinTime(work: Promise<void>, limitMs: number, late: () => Error): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

function refuseEnded({ agentId, status, taskId }: AgentRecord): void {
  const isOver = status === "deleted" || (taskId !== null && (status === "completed" || status === "failed"));
  if (!isOver) return;
  throw new OrchestratorError(
    "agent_deleted",
    taskId === null
      ? `The agent ${agentId} was deleted; it takes no messages.`
      : `The agent ${agentId} has ended with its step; it takes no messages.`,
    taskId === null
      ? "Its record and its log are still there. Create another: orchestrator create-agent"
      : `Go on with its task instead: orchestrator follow-up ${taskId} "…"`,
  );
}

function notEnded(agentId: string): OrchestratorError {
  return new OrchestratorError(
    "agent_failed",
    `The process that runs agent ${agentId} did not end it within ${ENDING_LIMIT_MS / 1_000} s.`,
    "End that process, then try again.",
  );
}
