// @ts-check
/** Roles and workflows of your own: `node examples/custom-role.mjs` */
import { Orchestrator } from "@claude-orchestrator/core";
import { script } from "@claude-orchestrator/rehearsal";
import { handOver, play } from "./stage.mjs";

const LICENCE_CHECKER = `---
name: licence-checker
description: Looks whether every file states its licence.
kind: review
tools: Read, Glob, Grep
---
You look whether every source file states its licence. You never change files.
`;

const CAREFUL = `description: Two look side by side, one concludes.
steps:
  - role: licence-checker
  - role: scout
    dependsOn: []
  - key: poet
    role: custom
    systemPrompt: You answer in one rhyming line.
    tools: [Read]
    dependsOn: [licence-checker, scout]
`;

await play(
  async ({ options, signal, makeRepository }) => {
    // A repository brings its roles and workflows; here it is a temporary one.
    const workingDirectory = makeRepository({
      "src/round.js": "export const round = (price) => Math.round(price * 100) / 100;\n",
      ".orchestrator/roles/licence-checker.md": LICENCE_CHECKER,
      ".orchestrator/workflows/careful.yaml": CAREFUL,
    });
    const orchestrator = new Orchestrator({ ...options, workingDirectory });
    await orchestrator.start();
    try {
      const own = orchestrator.listRoles().roles.filter((role) => role.source !== "built-in");
      for (const { name, source, writes } of own) console.log(`role      ${name} from ${source}, writes: ${writes}`);
      for (const { name, steps } of orchestrator.listWorkflows()) {
        console.log(`workflow  ${name}: ${steps.map((step) => `${step.key}[${step.dependsOn}]`).join(" ")}`);
      }
      const result = await orchestrator.execute({ prompt: "Is the licence stated?", workflow: "careful", signal });
      console.log(`${result.status}  ${result.output}`);

      // Inline: the role \`custom\` has nothing of its own, you bring the prompt.
      const critic = { role: "custom", key: "critic", systemPrompt: "You doubt everything.", tools: ["Read", "Grep"] };
      const doubt = await orchestrator.executeCustomWorkflow({ prompt: "Is it right?", roles: [critic], signal });
      console.log(`${doubt.status}  ${doubt.output}`);
    } finally {
      await orchestrator.stop();
    }
  },
  script()
    .role("licence-checker", (call) => handOver(call, "No file states it."))
    .role("scout", (call) => handOver(call, "There is one source file."))
    .role("custom", (call) => {
      const isPoet = JSON.stringify(call.request.system).includes("rhyming");
      return handOver(call, isPoet ? "No licence in sight, that cannot be right." : "I doubt it.");
    }),
);
