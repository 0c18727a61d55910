import { readdirSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { reply } from "@claude-orchestrator/rehearsal";
import { it } from "vitest";
import { handOver, openStage, play } from "./fixtures.js";

const COMMANDS = ["git status", "git status --short", "git diff", "git log -p -1", "git blame README.md", "cat README.md"];
it("probe", async (test) => {
  const after: Record<string, string> = {};
  const seen = new Set<string>();
  const stage = await openStage(test, { git: true, script: play({ p: (call) => {
      const n = call.turn;
      if (n > 0) {
        const now = readdirSync(stage.workspace).filter((f) => !seen.has(f));
        for (const f of now) seen.add(f);
        after[COMMANDS[n - 1] ?? ""] = `${call.lastToolResults[0]?.isError ? "DENIED/ERR" : "ok"} ${call.lastToolResults[0]?.text.slice(0, 90).replaceAll("\n", "|")} ${now.length ? "NEW " + now : ""}`;
      } else for (const f of readdirSync(stage.workspace)) seen.add(f);
      const command = COMMANDS[n];
      return command ? reply().tool("Bash", { command, description: "x" }) : handOver(call);
  } }) });
  stage.write(".orchestrator/roles/p.md", "---\nname: p\ntools: Read, Bash\nmaxTurns: 400\n---\nx\n");
  stage.write("lines.txt", "a\n");
  seen.add("lines.txt");
  const git = (...a: string[]) => execFileSync("git", a, { cwd: stage.workspace });
  git("config", "core.fsmonitor", "touch by-fsmonitor; false");
  git("config", "diff.external", "touch by-external; false");
  git("config", "core.pager", "touch by-pager; cat");
  git("config", "diff.up.textconv", "touch by-textconv; cat");
  stage.write(".gitattributes", "*.md diff=up\n");
  stage.write("README.md", "changed\n");
  const o = await stage.orchestrator();
  const r = await o.executeCustomWorkflow({ prompt: "Look", roles: ["p"] });
  console.log(r.error, r.warnings, r.steps, readdirSync(stage.workspace));
  for (const [c, t] of Object.entries(after)) if (!t.startsWith("DENIED/ERR This command req") && !t.includes("denied")) console.log(c, "=>", t);
  console.log(Object.entries(after).filter(([,t])=>t.includes("NEW")));
  console.log(Object.entries(after)[1]);
}, 200_000);
