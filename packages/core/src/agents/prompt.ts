import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { realPathOf } from "../permissions/index.js";
import type { Role } from "../roles/index.js";
import { isInside } from "../workspaces/index.js";
import type { Handoff } from "./handoff.js";

/** Together, all handoffs that one step is given. */
const MAX_HANDOFF_CHARACTERS = 24_000;
/** A repository's instructions for agents; more would be paid for in every call. */
const MAX_INSTRUCTION_BYTES = 16 * 1024;
const INSTRUCTION_FILES = ["CLAUDE.md", "AGENTS.md"];

export interface GivenHandoff {
  stepKey: string;
  role: string;
  /** True for a step that this one depends on itself; of steps further back only the summary is passed on. */
  isDirect: boolean;
  handoff: Handoff;
}

export interface StepPrompt {
  task: string;
  /** What an earlier task, which this one follows up, was and came to. */
  earlierTask: { prompt: string; results: readonly GivenHandoff[] } | null;
  instructions: string;
  handoffs: readonly GivenHandoff[];
  /** The copy that it works in, where it is not the user's own directory. */
  workspace: { directory: string; original: string; variables: Readonly<Record<string, string>> } | null;
  projectInstructions: ProjectInstructions | null;
}

export interface ProjectInstructions {
  file: string;
  text: string;
}

/**
 * The system prompt of an agent. Its first line names the role, for whoever reads the traffic.
 *
 * @param role - the role
 * @param result - `handoff` where each turn must end in a structured result, `text` for a conversation
 */
export function composeSystemPrompt(role: Role, result: "handoff" | "text"): string {
  const rules = role.writes
    ? "Work only inside the working directory. Others may look at the same files: leave what is not yours."
    : "You can read and run read-only commands; anything that would change a file is refused.";
  const ending =
    result === "handoff"
      ? "When you are done, give your result with the StructuredOutput tool: short, complete, and only what you know to be true."
      : "You are in a conversation: answer each message, briefly and completely, with what you know to be true.";
  return `Role: ${role.name}\n\n${role.prompt}\n\n${rules}\n${ending}`;
}

/**
 * The message that starts a step: the task, its own part of it, and the handoffs it depends on; never a transcript.
 *
 * @param prompt - its parts
 * @returns the text, bounded by the limits of its parts
 */
export function composeStepPrompt(prompt: StepPrompt): string {
  const sections = [`# Task\n\n${prompt.task}`];
  if (prompt.earlierTask) sections.push(composeEarlierTask(prompt.earlierTask));
  if (prompt.instructions) sections.push(`# Your part\n\n${prompt.instructions}`);
  if (prompt.handoffs.length > 0) sections.push(`# Results of earlier steps\n\n${composeHandoffs(prompt.handoffs)}`);
  if (prompt.workspace) sections.push(composeWorkspace(prompt.workspace));
  if (prompt.projectInstructions) {
    sections.push(
      `# Project instructions (from ${prompt.projectInstructions.file})\n\n${prompt.projectInstructions.text}`,
    );
  }
  return sections.join("\n\n");
}

function composeWorkspace({ directory, original, variables }: NonNullable<StepPrompt["workspace"]>): string {
  const names = Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
  return `# Where you work\n\n${directory} is a copy of ${original} on a branch of its own; where the task names a file there, yours is meant. What you leave is committed for you. For servers and databases of your own: ${names}.`;
}

/** Bounded like everything that is passed on: an earlier task is background, not the work. */
const MAX_EARLIER_CHARACTERS = 8_000;

function composeEarlierTask({ prompt, results }: NonNullable<StepPrompt["earlierTask"]>): string {
  const half = MAX_EARLIER_CHARACTERS / 2;
  const done = results.length > 0 ? composeHandoffs(results, half) : "It left no results.";
  return `# The earlier task that this one follows up\n\n${shorten(prompt, half)}\n\n${done}`;
}

/**
 * The message to a fresh agent that goes on with a step whose first agent ran out of context.
 *
 * @param prompt - what the first one was told
 * @param handoff - what it handed over
 */
export function composeContinuation(prompt: string, handoff: Handoff): string {
  const soFar = shorten(JSON.stringify(handoff, null, 1), MAX_HANDOFF_CHARACTERS);
  return `${prompt}\n\n# Your predecessor's result\n\nAnother agent worked on this part until its context was full, and handed this over:\n\n${soFar}\n\nGo on from there. Trust what it found, check what it left unfinished, and give a result for the whole part.`;
}

/**
 * What an agent is told that goes on after an interruption.
 *
 * @param open - tools that had begun and of which nothing more is known
 */
export function composeResumption(open: readonly { name: string; input: string }[]): string {
  const list = open.map(({ name, input }) => `- ${name}: ${shorten(input, 500)}`).join("\n");
  const unknown = list ? `\n\nWhat these tools came to is not known; look before you use them again:\n\n${list}` : "";
  return `You were interrupted in the middle of your work, and go on now where you were. The files are as you left them; what you finished is still done.${unknown}\n\nGive your result with the StructuredOutput tool when you are done.`;
}

/** What an agent is told whose turn was ended because the fleet was held. */
export function composeAfterHold(reason: string): string {
  return `You were interrupted, because ${reason}. That is over. Go on where you were; a tool that was not run can be used again.`;
}

/** What an agent is told whose context is nearly full. */
export function composeConclusion(percentage: number): string {
  return `Your context window is ${Math.round(percentage)} % full. Stop working now, also in the middle. Give your result with the StructuredOutput tool: what is done, what you found, and as errors what is left to do. A fresh agent goes on from it.`;
}

function composeHandoffs(handoffs: readonly GivenHandoff[], limit = MAX_HANDOFF_CHARACTERS): string {
  const share = Math.floor(limit / handoffs.length);
  return handoffs
    .map(({ stepKey, role, isDirect, handoff }) => {
      const content = isDirect ? JSON.stringify(handoff, null, 1) : handoff.summary;
      return `## ${stepKey}${stepKey === role ? "" : ` (${role})`}\n\n${shorten(content, share)}`;
    })
    .join("\n\n");
}

function shorten(text: string, limit: number): string {
  return text.length <= limit
    ? text
    : `${text.slice(0, limit)}\n[shortened: ${text.length - limit} characters left out]`;
}

/** What an agent is told when its result was missing or did not fit. */
export function composeHandoffReminder(problem: string): string {
  return `Your structured result was not accepted. ${problem}\n\nDo not repeat your work. Call the StructuredOutput tool now with a result that fits its schema.`;
}

/**
 * Reads what a repository tells every agent. The CLI is kept from reading it itself, because with it come hooks and
 * settings that would run commands.
 *
 * @param workingDirectory - the repository
 * @returns the first of CLAUDE.md and AGENTS.md, bounded, or `null`
 */
export function readProjectInstructions(workingDirectory: string): ProjectInstructions | null {
  const root = realPathOf(workingDirectory, "/");
  for (const file of INSTRUCTION_FILES) {
    const path = realPathOf(join(root, file), root);
    // A link could lead to a secret that no agent may read.
    const text = isInside(path, root) ? readBeginning(path).trim() : "";
    if (text) return { file, text };
  }
  return null;
}

function readBeginning(path: string): string {
  let descriptor: number;
  try {
    // Without waiting: a pipe of that name would never answer.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // No such file, or not ours to read: the repository tells agents nothing.
    return "";
  }
  try {
    if (!fstatSync(descriptor).isFile()) return "";
    const buffer = Buffer.alloc(MAX_INSTRUCTION_BYTES);
    const length = readSync(descriptor, buffer, 0, MAX_INSTRUCTION_BYTES, 0);
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(descriptor);
  }
}
