import { join } from "node:path";
import { isInside } from "../workspaces/index.js";
import { realPathOf } from "./real-path.js";

/** What the policy knows about the agent that asks. */
export interface PermissionContext {
  /** The directory that the agent works in. */
  workspace: string;
  /** Whether its role may write to the repository. */
  writes: boolean;
  tools: readonly string[];
  /** Where the CLI keeps its own files; it saves long tool output there for the agent to read. */
  runtimeDirectory: string | null;
}

/** `none` leaves the request to the CLI, which in its `dontAsk` mode admits only what it knows to be read-only. */
export interface PermissionDecision {
  decision: "allow" | "deny" | "none";
  reason: string;
  /** What the tool is given in place of what the agent asked. */
  input?: Record<string, unknown> | undefined;
}

const READING_TOOLS = new Map([
  ["Read", "file_path"],
  ["Glob", "path"],
  ["Grep", "path"],
]);
const WRITING_TOOLS = new Map([
  ["Write", "file_path"],
  ["Edit", "file_path"],
  ["NotebookEdit", "notebook_path"],
]);
/** The CLI's own tool for the structured result. */
export const HANDOFF_TOOL = "StructuredOutput";

/**
 * Answers a tool request: the one policy, deterministic and the same for every agent.
 *
 * @param tool - the name of the tool
 * @param input - what the agent asks of it
 * @param context - the agent's role and workspace
 * @returns the decision, with the reason that is shown to the agent and kept in the log
 */
export function decidePermission(tool: string, input: unknown, context: PermissionContext): PermissionDecision {
  if (tool === HANDOFF_TOOL) return { decision: "allow", reason: "the structured result" };
  if (!context.tools.includes(tool)) return { decision: "deny", reason: `the role has no tool ${tool}` };
  const values = (typeof input === "object" && input !== null ? input : {}) as Record<string, unknown>;

  const readPath = READING_TOOLS.get(tool);
  if (readPath) return decideReading(tool, values[readPath], values.pattern, context);
  const writePath = WRITING_TOOLS.get(tool);
  if (writePath) return decideWriting(values[writePath], context);
  if (tool === "Bash") {
    return context.writes
      ? { decision: "allow", reason: "the role may run commands" }
      : { decision: "none", reason: "a read-only role: the CLI admits what it knows to be read-only" };
  }
  if (tool === "WebFetch" || tool === "WebSearch") return { decision: "allow", reason: "the role may read the web" };
  return { decision: "none", reason: "left to the CLI" };
}

function decideReading(tool: string, path: unknown, pattern: unknown, context: PermissionContext): PermissionDecision {
  const root = realPathOf(context.workspace, "/");
  if (tool === "Glob" && typeof pattern === "string" && pattern.split("/").includes("..")) {
    return { decision: "deny", reason: "a pattern may not climb out of its folder with .." };
  }
  // A glob may carry the path in its pattern: the part before the first wildcard is where it looks.
  const asked = [path, tool === "Glob" ? fixedPart(pattern) : undefined].filter((each) => typeof each === "string");
  for (const each of asked) {
    const real = realPathOf(each, context.workspace);
    if (isInside(real, root) || isSavedOutput(real, context)) continue;
    return { decision: "deny", reason: `${real} is outside the workspace ${root}` };
  }
  return { decision: "allow", reason: "reading in the workspace" };
}

function fixedPart(pattern: unknown): string | undefined {
  if (typeof pattern !== "string") return undefined;
  const wildcard = pattern.search(/[*?[{]/);
  return wildcard === -1 ? pattern : pattern.slice(0, pattern.lastIndexOf("/", wildcard) + 1) || ".";
}

/** Whether a file is long tool output that the CLI saved for an agent of this workspace. */
function isSavedOutput(real: string, { runtimeDirectory, workspace }: PermissionContext): boolean {
  if (!runtimeDirectory) return false;
  // The CLI names the folder of a directory's sessions after the directory.
  const project = realPathOf(workspace, "/").replace(/[^a-zA-Z0-9]/g, "-");
  const sessions = realPathOf(join(runtimeDirectory, "projects", project), "/");
  return isInside(real, sessions) && real.includes("/tool-results/");
}

function decideWriting(path: unknown, context: PermissionContext): PermissionDecision {
  if (!context.writes) return { decision: "deny", reason: "the role may not write" };
  if (typeof path !== "string") return { decision: "deny", reason: "the request names no file" };
  const root = realPathOf(context.workspace, "/");
  const real = realPathOf(path, context.workspace);
  if (!isInside(real, root)) return { decision: "deny", reason: `${real} is outside the workspace ${root}` };
  if (real.slice(root.length).toLowerCase().split("/").includes(".git")) {
    return { decision: "deny", reason: "the repository's .git folder is not for agents" };
  }
  return { decision: "allow", reason: "writing in the workspace" };
}
