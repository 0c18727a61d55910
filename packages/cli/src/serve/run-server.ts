import { Orchestrator, type OrchestratorOptions } from "@claude-orchestrator/core";
import { type Access, announce, type Server, startServer } from "@claude-orchestrator/server";
import { paint } from "../output/format.js";
import { version } from "../version.js";

/** How `serve` and `demo --serve` start a server. */
export interface ServeOptions {
  port: number;
  host: string;
  directories: readonly string[];
  hostNames: readonly string[];
  orchestrator: OrchestratorOptions;
}

/** A server that was told to whoever looks for it. */
export interface ServedFleet {
  server: Server;
  /** Signs one browser in, within ten minutes. */
  link: string;
  /** The first token of all, which is told this once; `null` where there was one already. */
  firstToken: string | null;
  close(): Promise<void>;
}

/** Starts a server whose tasks are left as they are when it stops, and makes the link that signs a browser in. */
export async function serveFleet(options: ServeOptions): Promise<ServedFleet> {
  const server = await startServer({
    ...options,
    version,
    rehearsal: options.orchestrator.endpoint?.rehearsal ?? false,
    create: () => new Orchestrator({ ...options.orchestrator, onStop: "suspend" }),
    onTrouble: (message, error) => console.error(paint("yellow", `! ${message}: ${(error as Error).message}`)),
  });
  try {
    const { firstToken, link } = await makeLink(server.access, server.url);
    const withdraw = announce(server.orchestrator.config.home, server.url);
    return {
      server,
      link,
      firstToken,
      async close() {
        withdraw();
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Makes a one-time link for the token that may do most; the first start makes that token. */
export async function makeLink(access: Access, url: string): Promise<{ link: string; firstToken: string | null }> {
  const known = access.listTokens();
  const mightiest =
    known.find(({ role }) => role === "admin") ?? known.find(({ role }) => role === "operator") ?? known[0];
  const first = mightiest ? null : await access.createToken("first", "admin");
  const code = await access.createCode(mightiest?.tokenId ?? first?.tokenId ?? "");
  return { link: `${url}/sign-in#${code}`, firstToken: first?.token ?? null };
}
