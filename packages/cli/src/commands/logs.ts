import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { type AgentRecord, type Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { plain } from "../output/format.js";
import { interruptible, withOrchestrator } from "../session.js";
import { invalid, parseChoice } from "./options.js";

const FILES = { text: "text.txt", prompt: "prompt.txt", tools: "tools.jsonl", summary: "summary.json" } as const;
const PARTS = ["text", "prompt", "tools", "summary"] as const;

interface LogsFlags {
  show: string;
  follow?: true;
  json?: true;
}

export function registerLogs(program: Command): void {
  program
    .command("logs")
    .description("what an agent was told, said and did")
    .argument("<agent-id>", "the id, or the beginning of it")
    .option("--show <part>", `one of ${PARTS.join(", ")}`, "text")
    .option("-f, --follow", "go on as the agent does, until it ends or you press Ctrl-C")
    .option("--json", "print an object with every part; with --follow one event a line")
    .action(async (agentId: string, flags: LogsFlags) => {
      const part = parseChoice(flags.show, PARTS, "a part of the log");
      await withOrchestrator({}, async (orchestrator) => {
        const agent = await orchestrator.getAgentDetails(agentId);
        if (flags.follow) return interruptible((signal) => follow(orchestrator, agent, part, flags, signal));
        if (!flags.json) return process.stdout.write(plain(read(agent, FILES[part])));
        const { agentId: id, logDirectory } = agent;
        return console.log(JSON.stringify({ agentId: id, logDirectory, ...readParts(agent) }, null, 2));
      });
    });
}

async function follow(
  orchestrator: Orchestrator,
  agent: AgentRecord,
  part: (typeof PARTS)[number],
  { json }: LogsFlags,
  signal: AbortSignal,
): Promise<void> {
  if (part === "summary")
    throw invalid("The summary is written when the agent has ended", "Follow text, prompt or tools.");
  const path = json ? null : pathOf(agent, FILES[part]);
  let position = 0;
  // A character may lie across the end of what was read.
  const decoder = new StringDecoder("utf8");
  for await (const event of orchestrator.events({ agentId: agent.agentId, signal })) {
    if (json) console.log(JSON.stringify(event));
    // The log is written before the event is, so that at each event it is as far as that.
    else if (path) position = printFrom(path, position, decoder);
    if (event.type === "agent.deleted" || (event.type === "agent.ended" && agent.taskId !== null)) return;
  }
}

/** Prints what a file holds beyond a position. @returns its length */
function printFrom(path: string, position: number, decoder: StringDecoder): number {
  const descriptor = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(64 * 1024);
    for (let at = position; ; ) {
      const length = readSync(descriptor, buffer, 0, buffer.length, at);
      if (length === 0) return at;
      process.stdout.write(plain(decoder.write(buffer.subarray(0, length))));
      at += length;
    }
  } finally {
    closeSync(descriptor);
  }
}

function readParts(agent: AgentRecord) {
  const tools = read(agent, FILES.tools).split("\n").filter(Boolean);
  return {
    prompt: read(agent, FILES.prompt),
    text: read(agent, FILES.text),
    tools: tools.map((line) => JSON.parse(line) as unknown),
  };
}

function read(agent: AgentRecord, file: string): string {
  return readFileSync(pathOf(agent, file), "utf8");
}

function pathOf(agent: AgentRecord, file: string): string {
  const path = agent.logDirectory ? join(agent.logDirectory, file) : null;
  if (path && existsSync(path)) return path;
  const reason = path ? `the file ${path} does not exist` : "observability was off when it ran";
  throw new OrchestratorError(
    "not_found",
    `The agent ${agent.agentId} has no such log: ${reason}.`,
    "Its events are still there: orchestrator task-details --json",
  );
}
