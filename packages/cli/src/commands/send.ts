import { type AgentReply, type Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { reportError } from "../output/errors.js";
import { countOf, formatCost, paint, plain, wrap } from "../output/format.js";
import { describeHold } from "../output/standstill.js";
import { exitCodeOfError, interruptible, withRehearsal } from "../session.js";
import { readText } from "./options.js";

interface SendFlags {
  file?: string;
  steer?: true;
  rehearse?: true;
  json?: true;
}

export function registerSend(program: Command): void {
  program
    .command("send")
    .description("write to an agent and wait for its reply; one that no process runs goes on with its conversation")
    .argument("<agent-id>", "the id, or the beginning of it")
    .argument("[message...]", "the message; - reads it from standard input")
    .option("-f, --file <path>", "read the message from a file")
    .option("--steer", "join the turn that runs instead of waiting for its end")
    .option("--rehearse", "for an agent that was made in a rehearsal")
    .option("--json", "print the reply as an object")
    .action(async (agentId: string, words: string[], flags: SendFlags) => {
      const text = readText(words, flags.file);
      const reply = await withRehearsal(flags.rehearse === true, {}, (orchestrator) =>
        interruptible(async (signal) => {
          await tellHold(orchestrator);
          return orchestrator.sendToAgent(agentId, text, { whenBusy: flags.steer ? "steer" : "queue", signal });
        }),
      );
      process.exitCode = show(reply, flags);
    });
}

/** Says why the reply may be long in coming. */
async function tellHold(orchestrator: Orchestrator): Promise<void> {
  const { holds } = await orchestrator.getStatus();
  for (const hold of holds)
    if (hold.isOurs)
      console.error(paint("yellow", wrap(`${describeHold(hold)} The message waits.`, 0), process.stderr));
}

function show(reply: AgentReply, flags: SendFlags): number {
  if (flags.json) {
    console.log(JSON.stringify(reply, null, 2));
    return reply.status === "failed" ? exitCodeOfError(reply.error) : 0;
  }
  if (reply.text) console.log(plain(reply.text));
  if (reply.status === "failed")
    return reportError(new OrchestratorError(reply.error.code, reply.error.message, reply.error.hint), false);
  const charged = flags.rehearse ? "a rehearsal, not charged" : formatCost(reply.costUsd);
  console.error(paint("gray", `${countOf(reply.modelCalls, "model call")}, ${charged}`, process.stderr));
  return 0;
}
