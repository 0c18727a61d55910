/** The user's checkout, and the copy of it in which an agent works. */
export interface Redirection {
  from: string;
  to: string;
}

/** Tools whose input names files. */
const REDIRECTED = new Set(["Read", "Glob", "Grep", "Write", "Edit", "NotebookEdit", "Bash"]);
/** Fields that hold what is written, not where. */
const CONTENT = new Set(["content", "old_string", "new_string", "new_source", "description"]);

/**
 * Lets a tool work on the copy where its input names the user's own checkout: a prompt may name files by their full
 * path, and what an agent does must not reach the checkout before it is applied.
 *
 * @param tool - the name of the tool
 * @param input - what the agent asks of it
 * @param redirection - the two directories
 * @returns the input to use instead, or `null` when it names nothing of the checkout
 */
export function redirectInput(tool: string, input: unknown, { from, to }: Redirection): Record<string, unknown> | null {
  if (!REDIRECTED.has(tool) || typeof input !== "object" || input === null) return null;
  let hasChanged = false;
  const entries = Object.entries(input).map(([name, value]) => {
    if (typeof value !== "string" || CONTENT.has(name)) return [name, value] as const;
    const redirected = redirectText(value, from, to);
    hasChanged ||= redirected !== value;
    return [name, redirected] as const;
  });
  return hasChanged ? Object.fromEntries(entries) : null;
}

function redirectText(text: string, from: string, to: string): string {
  let result = "";
  let position = 0;
  for (let at = text.indexOf(from); at !== -1; at = text.indexOf(from, position)) {
    const end = at + from.length;
    // The copy itself may lie below the checkout, and another directory's name may only begin like it.
    const isCopy = text.startsWith(to, at);
    const isWhole = !/[\w.-]/.test(text[end] ?? "") && !/[\w./-]/.test(text[at - 1] ?? "");
    const stop = isCopy ? at + to.length : end;
    result += text.slice(position, at) + (isCopy || !isWhole ? text.slice(at, stop) : to);
    position = stop;
  }
  return result + text.slice(position);
}
