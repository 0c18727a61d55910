import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { paint } from "../output/format.js";
import { withRehearsal } from "../session.js";
import { invalid, parseNames, parseWhole } from "./options.js";

interface CreateAgentFlags {
  role?: string;
  name?: string;
  model?: string;
  tools?: string;
  systemPrompt?: string;
  promptFile?: string;
  maxTokens?: string;
  cwd?: string;
  rehearse?: true;
  json?: true;
}

export function registerCreateAgent(program: Command): void {
  program
    .command("create-agent")
    .description("make an agent that lives, and keeps its conversation, until it is deleted")
    .argument("[role]", "a role (orchestrator roles lists them), or custom with a prompt of your own")
    .option("--role <role>", "the same as the argument")
    .option("--name <name>", "what to call it")
    .option("--model <name>", "its model")
    .option("--tools <names>", "its tools, separated by commas")
    .option("--system-prompt <text>", "its prompt, in place of the role's")
    .option("--prompt-file <path>", "the same, from a file")
    .option("--max-tokens <count>", "most tokens of one answer")
    .option("--cwd <directory>", "where it works (default: the current directory)")
    .option("--rehearse", "for messages that are sent with --rehearse: a script will answer")
    .option("--json", "print the agent as an object")
    .action(async (role: string | undefined, flags: CreateAgentFlags) => {
      if (role !== undefined && flags.role !== undefined)
        throw invalid("The role was given twice, as an argument and as --role", "Give one of them.");
      const options = {
        role: role ?? flags.role ?? "",
        name: flags.name,
        model: flags.model,
        tools: flags.tools === undefined ? undefined : parseNames(flags.tools),
        systemPrompt: readPrompt(flags),
        maxTokens: flags.maxTokens === undefined ? undefined : parseWhole(flags.maxTokens, "--max-tokens"),
      };
      const library = flags.cwd === undefined ? {} : { workingDirectory: flags.cwd };
      const agent = await withRehearsal(flags.rehearse === true, library, async (orchestrator) =>
        orchestrator.getAgentDetails(await orchestrator.createAgent(options)),
      );
      if (flags.json) return console.log(JSON.stringify(agent, null, 2));
      console.log(agent.agentId);
      const rehearse = agent.rehearsal ? "--rehearse " : "";
      console.log(paint("gray", `Write to it: orchestrator send ${rehearse}${agent.agentId} "…"`));
    });
}

function readPrompt({ systemPrompt, promptFile }: CreateAgentFlags): string | undefined {
  if (promptFile === undefined) return systemPrompt;
  if (systemPrompt !== undefined)
    throw invalid("The prompt was given twice, as --system-prompt and as --prompt-file", "Give one of them.");
  try {
    return readFileSync(promptFile, "utf8");
  } catch (error) {
    throw invalid(
      `The prompt cannot be read from ${promptFile} (${(error as NodeJS.ErrnoException).code})`,
      "Name a file that exists and that you may read.",
    );
  }
}
