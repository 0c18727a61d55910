import { OrchestratorError } from "@claude-orchestrator/core";
import { ACCESS_ROLES, openAccess, readAnnouncement } from "@claude-orchestrator/server";
import type { Command } from "commander";
import { renderTable } from "../output/table.js";
import { makeLink } from "../serve/run-server.js";
import { withOrchestrator } from "../session.js";
import { parseChoice } from "./options.js";

export function registerToken(program: Command): void {
  const token = program.command("token").description("who may use the server: create, list, revoke, link");

  token
    .command("create")
    .description("make a token for a program or a person; it is shown this once")
    .option("--name <name>", "what it is for", "unnamed")
    .option(
      "--role <role>",
      `viewer reads, operator also steers, admin also manages tokens: ${ACCESS_ROLES.join(", ")}`,
      "operator",
    )
    .option("--json", "print an object")
    .action(async (flags: { name: string; role: string; json?: true }) => {
      const role = parseChoice(flags.role, ACCESS_ROLES, "a role of a token");
      const created = await withAccess((access) => access.createToken(flags.name, role));
      if (flags.json) console.log(JSON.stringify(created, null, 2));
      else console.log(`${created.token}\n\nIts id is ${created.tokenId}, its role ${role}. It is not shown again.`);
    });

  token
    .command("list")
    .description("the tokens that there are; only their hashes are kept")
    .option("--json", "print an array")
    .action(async (flags: { json?: true }) => {
      const tokens = await withAccess(async (access) => access.listTokens());
      if (flags.json) console.log(JSON.stringify(tokens, null, 2));
      else if (tokens.length === 0) console.log("There is no token yet. Make one: orchestrator token create");
      else {
        const rows = tokens.map(({ tokenId, name, role, createdAt, lastUsedAt }) => [
          tokenId,
          name,
          role,
          createdAt.slice(0, 16),
          lastUsedAt?.slice(0, 16) ?? "never",
        ]);
        console.log(renderTable(["id", "name", "role", "created (UTC)", "last used (UTC)"], rows));
      }
    });

  token
    .command("revoke <id>")
    .description("end a token, with every browser that it has signed in")
    .action(async (id: string) => {
      await withAccess((access) => access.revokeToken(id));
      console.log(`The token ${id} is revoked.`);
    });

  token
    .command("link")
    .description("a link that signs one browser in, within ten minutes, as the token that may do most")
    .action(async () => {
      const link = await withAccess(async (access, home) => {
        const running = readAnnouncement(home);
        if (!running)
          throw new OrchestratorError(
            "not_found",
            "No server runs on this data folder.",
            "Start it: orchestrator serve",
          );
        return (await makeLink(access, running.url)).link;
      });
      console.log(link);
    });
}

function withAccess<T>(work: (access: ReturnType<typeof openAccess>, home: string) => Promise<T>): Promise<T> {
  return withOrchestrator({}, ({ config }) => work(openAccess(config.home), config.home));
}
