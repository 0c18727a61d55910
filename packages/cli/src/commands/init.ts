import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { INTERRUPTED_EXIT_CODE } from "../session.js";

interface Answers {
  defaultModel: string;
  maxParallelAgents: string;
}

const DEFAULTS: Answers = { defaultModel: "sonnet", maxParallelAgents: "5" };

export function registerInit(program: Command): void {
  program
    .command("init")
    .description("set up a repository: .orchestrator/ with its configuration and a place for roles")
    .option("--cwd <directory>", "the repository (default: the current directory)", ".")
    .option("-y, --yes", "ask nothing and take the defaults")
    .action(async (flags: { cwd: string; yes?: true }) => {
      const folder = join(resolve(flags.cwd), ".orchestrator");
      if (!existsSync(resolve(flags.cwd)))
        throw new OrchestratorError(
          "invalid_input",
          `The directory ${resolve(flags.cwd)} does not exist.`,
          "Name one that does.",
        );
      if (existsSync(join(folder, "config.yaml"))) {
        console.log(`${join(folder, "config.yaml")} exists already; nothing was changed.`);
        return;
      }
      const answers = flags.yes || !process.stdin.isTTY ? DEFAULTS : await ask();
      if (!answers) {
        process.exitCode = INTERRUPTED_EXIT_CODE;
        return;
      }
      for (const name of ["roles", "workflows"]) mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, "config.yaml"), composeConfig(answers), { flag: "wx" });
      writeFileSync(join(folder, "roles", "example.md.txt"), EXAMPLE_ROLE);
      writeFileSync(join(folder, "workflows", "example.yaml.txt"), EXAMPLE_WORKFLOW);
      // Whatever was written must be readable again: the library is asked to.
      new Orchestrator({ workingDirectory: resolve(flags.cwd) });
      console.log(
        `Written: ${join(folder, "config.yaml")}\n\nNext:\n  orchestrator doctor                    see what works\n  orchestrator execute --rehearse "…"    try it at no cost\n  orchestrator execute "…"               real work`,
      );
    });
}

async function ask(): Promise<Answers | null> {
  const { cancel, intro, isCancel, outro, text } = await import("@clack/prompts");
  const stop = () => {
    cancel("Nothing was written.");
    return null;
  };
  intro("orchestrator init");
  const defaultModel = await text({
    message: "Model for every role that names none",
    initialValue: DEFAULTS.defaultModel,
  });
  if (isCancel(defaultModel)) return stop();
  const maxParallelAgents = await text({
    message: "Agents that may run at once",
    initialValue: DEFAULTS.maxParallelAgents,
    validate: (value) =>
      /^[1-9]\d{0,2}$/.test(value ?? "") && Number(value) <= 256 ? undefined : "A whole number from 1 to 256.",
  });
  if (isCancel(maxParallelAgents)) return stop();
  outro("Thank you.");
  return { defaultModel: defaultModel.trim() || DEFAULTS.defaultModel, maxParallelAgents };
}

function composeConfig({ defaultModel, maxParallelAgents }: Answers): string {
  return `# Settings of the orchestrator for this repository. Meant to be committed.
# An unknown name or a bad value is refused. Environment and .env win over this file.

defaultModel: ${JSON.stringify(defaultModel)}
maxParallelAgents: ${maxParallelAgents}

# checks:                    # what proves the work; found from the project's files unless named
#   - npm test
# maxRounds: 2               # so often a failed check sends the work back
# inPlace: false             # true: agents work in the directory itself, not on a copy
# dailyBudgetUsd: 5
# supervision: stop          # report, nudge or stop an agent that is stuck
# contextLimitPercent: 80
# modelCallTimeoutSeconds: 120
# modelCallRetries: 3
# costTracking: true
# observability: true
#
# Prices of models that the orchestrator does not know, in USD per million tokens:
# prices:
#   my-model: { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25, cacheWriteOneHour: 2 }
`;
}

/** Named so that it is not read until the user wants it. */
const EXAMPLE_WORKFLOW = `# Rename this file to careful.yaml, then: orchestrator execute --workflow careful "…"
description: Two look, one builds, two check.
steps:
  - role: scout
    dependsOn: []
  - role: analyst
    dependsOn: []
  - role: builder
    dependsOn: [scout, analyst]
    instructions: Make the smallest change that does it.
  - role: tester
  - role: reviewer
    dependsOn: builder
`;

/** Named so that it is not read until the user wants it. */
const EXAMPLE_ROLE = `---
# Rename this file to security-reviewer.md, then: orchestrator execute --roles security-reviewer "…"
name: security-reviewer
description: Looks for unsafe input handling.
kind: review
tools: Read, Glob, Grep
---
You review code for unsafe handling of input. You never change files.
`;
