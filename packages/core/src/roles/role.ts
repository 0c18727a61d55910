/** What kind of work a role does; it decides the schema of its handoff. */
export const ROLE_KINDS = ["research", "plan", "build", "test", "review", "custom"] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

/** What a model's name or alias looks like. */
export const MODEL_NAME = /^[\w.:/@[\]-]{1,200}$/;

export const EFFORTS = ["low", "medium", "high", "max"] as const;
export type Effort = (typeof EFFORTS)[number];

/** A role as its file describes it. */
export interface Role {
  name: string;
  /** When to use it. */
  description: string;
  kind: RoleKind;
  /** The system prompt: short, and ours alone. */
  prompt: string;
  /** `null` means the task's model. */
  model: string | null;
  fallbackModel: string | null;
  tools: readonly string[];
  /** Whether it may write to the repository: enforced by permissions, not by its prompt. */
  writes: boolean;
  effort: Effort | null;
  /** Model calls it may make for one message. */
  maxTurns: number;
  /** Most tokens of one answer; `null` for the model's own limit. */
  maxTokens: number | null;
  /** How long a step of this role may run. */
  timeoutMinutes: number;
  /** Confines its shell with the CLI's sandbox, where that is installed. */
  sandbox: boolean;
  /** `built-in`, or the path of the file. */
  source: string;
  /** What the loader ignored, each with file and line. */
  warnings: readonly string[];
}

/** Tools of the Claude CLI that a worker may be given. The rest would start, schedule or message other agents. */
export const AVAILABLE_TOOLS = [
  "Read",
  "Write",
  "Edit",
  "NotebookEdit",
  "Bash",
  "Glob",
  "Grep",
  "WebFetch",
  "WebSearch",
] as const;

/** What a role gets that names no tools. */
export const DEFAULT_TOOLS: readonly string[] = ["Read", "Write", "Edit", "Bash", "Glob", "Grep"];

const WRITING_TOOLS: readonly string[] = ["Write", "Edit", "NotebookEdit"];

/** True when one of the tools changes files. */
export function includesWritingTool(tools: readonly string[]): boolean {
  return tools.some((tool) => WRITING_TOOLS.includes(tool));
}

/** The tools without those that change files. */
export function withoutWritingTools(tools: readonly string[]): string[] {
  return tools.filter((tool) => !WRITING_TOOLS.includes(tool));
}
