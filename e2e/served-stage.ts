import { Orchestrator } from "@claude-orchestrator/core";
import { type AccessRole, type Server, startServer } from "@claude-orchestrator/server";
import { expect } from "vitest";
import { openStage, type Stage, type StageOptions, type TestContext } from "./fixtures.js";

/** A stage with a server in front of it; its agents are answered by the script, as a rehearsal. */
export interface ServedStage extends Stage {
  readonly url: string;
  readonly served: Server;
  /** Sends a request as somebody with a role. */
  ask(method: string, path: string, body?: unknown, role?: AccessRole): Promise<Response>;
  /** A link that signs one browser in as somebody with a role. */
  link(role?: AccessRole): Promise<string>;
  /** Stops the server and starts it again, on the same port. */
  restart(): Promise<void>;
}

/** Sets up a stage and serves it on a free port, until the test has ended. */
export async function openServedStage(test: TestContext, options: StageOptions): Promise<ServedStage> {
  // What is taken down first was set up last: the server before the stage.
  const cleaners: (() => Promise<void>)[] = [];
  test.onTestFinished(async () => {
    for (const clean of cleaners.reverse()) await clean();
  });
  const stage = await openStage({ onTestFinished: (clean) => void cleaners.push(clean) }, options);
  const start = (port: number) =>
    startServer({
      port,
      version: "0.0.0-test",
      rehearsal: true,
      directories: [stage.workspace],
      create: () =>
        new Orchestrator({
          workingDirectory: stage.workspace,
          environment: stage.environment,
          endpoint: { baseUrl: stage.server.url, rehearsal: true },
          onStop: "suspend",
        }),
      onTrouble: (message, error) => {
        troubles.push(`${message}: ${(error as Error).message}`);
      },
    });
  const troubles: string[] = [];
  let served = await start(0);
  const { url } = served;
  const port = Number(new URL(url).port);
  cleaners.push(async () => {
    await served.close();
    expect(troubles, "failures of the server's own").toEqual([]);
  });
  const tokens = new Map<AccessRole, Promise<{ tokenId: string; token: string }>>();
  const tokenOf = (role: AccessRole) => {
    const token = tokens.get(role) ?? served.access.createToken(`a test's ${role}`, role);
    tokens.set(role, token);
    return token;
  };
  return {
    ...stage,
    url,
    get served() {
      return served;
    },
    async ask(method, path, body, role = "admin") {
      const { token } = await tokenOf(role);
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      return fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    },
    async link(role = "admin") {
      const { tokenId } = await tokenOf(role);
      return `${url}/sign-in#${await served.access.createCode(tokenId)}`;
    },
    async restart() {
      await served.close();
      served = await start(port);
    },
  };
}
