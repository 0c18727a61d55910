import type { CallContext } from "./call-context.js";
import { type Reply, reply } from "./reply.js";
import { sampleFromSchema } from "./sample-from-schema.js";
import { type Script, script } from "./script.js";

const OPENING = "Rehearsal: the model is scripted; nothing is changed.";
const CLOSING = "Rehearsal: I only looked around; nothing was changed.";

/**
 * A script for any prompt, any role and any directory: it looks around once with a tool that changes nothing, then
 * hands over a value that fits the output schema, or a closing text when there is none.
 *
 * @example
 * const server = await startRehearsalServer({ script: lookAround() });
 */
export function lookAround(): Script {
  return script().otherwise((call) => {
    const opening = reply().text(OPENING);
    const look = call.turn === 0 ? lookTool(call) : null;
    if (look !== null) return opening.tool(look.name, look.input);
    return finish(call, call.turn === 0 ? opening : reply());
  });
}

function finish(call: CallContext, begun: Reply): Reply {
  if (call.toolNames.includes("StructuredOutput")) return begun.handoff(sampleFromSchema(call.handoffSchema ?? {}));
  return call.turn === 0 ? begun : begun.text(CLOSING);
}

// Read comes last: it needs the name of a file, and whether there is one is not known.
function lookTool(call: CallContext): { readonly name: string; readonly input: object } | null {
  const file = `${call.workingDirectory ?? "."}/README.md`;
  const tools = [
    { name: "Glob", input: { pattern: "*" } },
    { name: "Grep", input: { pattern: ".", output_mode: "files_with_matches", head_limit: 20 } },
    { name: "Bash", input: { command: "ls", description: "List the files here" } },
    { name: "Read", input: { file_path: file } },
  ];
  return tools.find((tool) => call.toolNames.includes(tool.name)) ?? null;
}
