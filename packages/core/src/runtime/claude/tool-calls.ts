import type { RuntimeEvent } from "../runtime.js";
import type { ContentBlock } from "./messages.js";

/** The CLI's own tool for the structured result: not something that an agent does to the world. */
const HANDOFF_TOOL = "StructuredOutput";

/**
 * Follows the tool calls of one session. A call is first heard of from the permission hook or from the model's message,
 * whichever comes first, and each is reported once; ids may come again in later calls.
 */
export class ToolCalls {
  readonly #emit: (event: RuntimeEvent) => void;
  readonly #open = new Map<string, string>();
  /** What the CLI said of the last structured result that did not fit its schema. */
  lastSchemaError: string | null = null;

  constructor(emit: (event: RuntimeEvent) => void) {
    this.#emit = emit;
  }

  started(toolUseId: string, tool: string, input: unknown): void {
    if (this.#open.has(toolUseId)) return;
    this.#open.set(toolUseId, tool);
    if (tool === HANDOFF_TOOL) this.#emit({ type: "handoff.given", accepted: true });
    else this.#emit({ type: "tool.start", toolUseId, tool, input });
  }

  ended(block: ContentBlock, detail: unknown): void {
    const toolUseId = block.tool_use_id ?? "";
    const tool = this.#open.get(toolUseId);
    if (tool === undefined) return;
    this.#open.delete(toolUseId);
    const result = toText(block.content);
    const isError = block.is_error === true;
    if (tool === HANDOFF_TOOL) {
      this.lastSchemaError = isError ? result : null;
      if (isError) this.#emit({ type: "handoff.given", accepted: false });
    } else
      this.#emit({
        type: "tool.end",
        toolUseId,
        tool,
        isError,
        result,
        filesRead: isError ? [] : findFilesRead(tool, detail),
      });
  }
}

function toText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return content === undefined ? "" : JSON.stringify(content);
  return content.map((part: ContentBlock) => part.text ?? `[${part.type}]`).join("\n");
}

/** Files whose content the agent has seen. Names that a Glob listed were not read. */
function findFilesRead(tool: string, detail: unknown): string[] {
  const { file, filenames } = (typeof detail === "object" && detail !== null ? detail : {}) as {
    file?: { filePath?: unknown };
    filenames?: unknown;
  };
  if (tool === "Read" && typeof file?.filePath === "string") return [file.filePath];
  if (tool === "Grep" && Array.isArray(filenames)) return filenames.filter((name) => typeof name === "string");
  return [];
}
