import { type KeptWork, type Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { countOf, formatTime } from "../output/format.js";
import { withOrchestrator } from "../session.js";
import { invalid, parseChoice } from "./options.js";

export const RESCUE_ACTIONS = ["list", "restore", "drop"] as const;

interface RescueFlags {
  branch?: string;
  yes?: true;
  cwd?: string;
  json?: true;
}

export function registerRescue(program: Command): void {
  program
    .command("rescue")
    .description("work that was kept when a workspace was removed: list it, make a branch of it, let go of it")
    .argument("[action]", RESCUE_ACTIONS.join(", "), "list")
    .argument("[ref]", "what to restore or drop: the ref, or the end of it")
    .option("--branch <name>", "restore: the branch to make")
    .option("--yes", "drop: without it nothing is let go of")
    .option("--cwd <directory>", "the repository (default: the current directory)")
    .option("--json", "print an array; of restore and drop an object")
    .action(async (given: string, ref: string | undefined, flags: RescueFlags) => {
      const action = parseChoice(given, RESCUE_ACTIONS, "something that rescue does");
      refuseMisfits(action, ref, flags);
      const library = flags.cwd === undefined ? {} : { workingDirectory: flags.cwd };
      console.log(
        await withOrchestrator(library, async (orchestrator) => {
          const kept = await orchestrator.listRescued();
          if (action === "list") return flags.json ? JSON.stringify(kept, null, 2) : renderList(kept);
          return act(orchestrator, action, find(kept, ref ?? ""), flags);
        }),
      );
    });
}

function refuseMisfits(action: (typeof RESCUE_ACTIONS)[number], ref: string | undefined, flags: RescueFlags): void {
  if (action === "list") {
    if (ref !== undefined)
      throw invalid(`list takes no ref, and "${ref}" was given`, "See: orchestrator rescue --help");
    return;
  }
  if (ref === undefined) throw invalid(`${action} needs a ref`, "See: orchestrator rescue list");
  if (action === "restore" && flags.branch === undefined)
    throw invalid("restore makes a branch, and none was named", `For example: rescue restore ${ref} --branch kept`);
  if (action === "drop" && !flags.yes)
    throw invalid(`drop lets go of ${ref} for good`, "Add --yes if that is what you want.");
}

/** The one that a ref, or the end of it, names. */
function find(kept: readonly KeptWork[], given: string): KeptWork {
  const exact = kept.filter(({ ref }) => ref === given);
  const found = exact.length > 0 ? exact : kept.filter(({ ref }) => ref.endsWith(`/${given}`));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (found.length === 0)
    throw new OrchestratorError(
      "not_found",
      `Nothing is kept under a ref that ends in "${given}".`,
      "See: orchestrator rescue list",
    );
  throw new OrchestratorError(
    "ambiguous_id",
    `"${given}" fits ${found.length} refs: ${found
      .slice(0, 5)
      .map(({ ref }) => ref)
      .join(", ")}.`,
    "Give more of the ref.",
  );
}

async function act(
  orchestrator: Orchestrator,
  action: "restore" | "drop",
  { ref, commit }: KeptWork,
  { branch = "", json }: RescueFlags,
): Promise<string> {
  if (action === "restore") await orchestrator.restoreRescued(ref, branch);
  else await orchestrator.dropRescued(ref);
  if (json) return JSON.stringify(action === "restore" ? { ref, commit, branch } : { ref, commit }, null, 2);
  return action === "restore"
    ? `The branch ${branch} holds ${ref}.\nSee: git log -p ${branch}`
    : `Let go of ${ref}.\nUntil git cleans up it can be had again: git branch <name> ${commit.slice(0, 10)}`;
}

function renderList(kept: readonly KeptWork[]): string {
  if (kept.length === 0) return "Nothing is kept here: no task has left work that existed only in its workspace.";
  const lines = kept.map(
    ({ ref, time, files }) => `${formatTime(time).slice(0, 16)}  ${countOf(files, "file")}\n  ${ref}`,
  );
  return `${lines.join("\n")}\n\nA branch of one: orchestrator rescue restore <ref> --branch <name>`;
}
