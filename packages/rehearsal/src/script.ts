import type { CallContext } from "./call-context.js";
import { roleInSystemPrompt } from "./conversation.js";
import { httpError } from "./failures.js";
import type { MessagesRequest } from "./messages-request.js";
import { Reply } from "./reply.js";

/** One answer, or a function that is asked for it at each call (and may make the caller wait). */
export type Step = Reply | ((call: CallContext) => Reply | Promise<Reply>);

/** The answers for a role: a list played by turn, or one step for every call. */
export type Steps = Step | readonly Step[];

/** Finds the role a request is made for; null when it cannot tell. */
export type RoleOf = (request: MessagesRequest) => string | null;

interface ScriptParts {
  readonly roles: ReadonlyMap<string, Steps>;
  readonly otherwise: Steps | null;
  readonly roleOf: RoleOf;
}

/** What the scripted model answers, by role and by turn. Immutable: every method returns a new script. */
export class Script {
  readonly #parts: ScriptParts;

  /** Scripts begin with {@link script}. */
  constructor(parts: ScriptParts) {
    this.#parts = parts;
  }

  /**
   * Sets the answers of a role; said twice, the later one holds.
   *
   * @param name - the role, as named by the line `Role: <name>` of the system prompt
   * @param steps - a list indexed by turn, or one step for every call. The turn goes back to 0 when the user speaks
   *   again. A turn past the end of the list is answered with HTTP 400.
   */
  role(name: string, steps: Steps): Script {
    return new Script({ ...this.#parts, roles: new Map([...this.#parts.roles, [name, steps]]) });
  }

  /** Sets the answers for every call whose role has none of its own. */
  otherwise(steps: Steps): Script {
    return new Script({ ...this.#parts, otherwise: steps });
  }

  /** Replaces the way the role of a request is found. */
  identifyRole(roleOf: RoleOf): Script {
    return new Script({ ...this.#parts, roleOf });
  }

  /** The role a request is made for, or null. */
  roleOf(request: MessagesRequest): string | null {
    return this.#parts.roleOf(request);
  }

  /**
   * The answer to one attempt of one call.
   *
   * @throws whatever a function of the script throws
   */
  async replyTo(call: CallContext): Promise<Reply> {
    const steps = (call.role === null ? undefined : this.#parts.roles.get(call.role)) ?? this.#parts.otherwise;
    if (steps === null) return noReply(`The rehearsal script has no ${nameOf(call.role)} and no otherwise().`);
    const step = isList(steps) ? steps[call.turn] : steps;
    if (step === undefined) {
      return noReply(`The rehearsal script for ${nameOf(call.role)} has no reply for turn ${call.turn}.`);
    }
    const reply = step instanceof Reply ? step : await step(call);
    if (!(reply instanceof Reply)) throw new TypeError(`The script for ${nameOf(call.role)} returned no reply.`);
    return reply.atAttempt(call.attempt);
  }
}

/**
 * Begins a script.
 *
 * @example
 * script()
 *   .role("builder", [reply().tool("Read", { file_path: "/x" }), reply().handoff({ summary: "done" })])
 *   .role("scout", (call) => reply().handoff({ seen: call.userText }))
 *   .otherwise(reply().text("Rehearsal: nothing to say."));
 */
export function script(): Script {
  return new Script({ roles: new Map(), otherwise: null, roleOf: roleInSystemPrompt });
}

function noReply(message: string): Reply {
  return httpError(400, { message });
}

function nameOf(role: string | null): string {
  return role === null ? "role (none)" : `role ${role}`;
}

// Array.isArray does not narrow a readonly array out of a union.
function isList(steps: Steps): steps is readonly Step[] {
  return Array.isArray(steps);
}
