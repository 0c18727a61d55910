import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Orchestrator, type OrchestratorOptions } from "@claude-orchestrator/core";
import { WebSocket } from "ws";
import type { AccessRole } from "./access/index.js";
import { type Server, type ServerOptions, startServer } from "./server.js";

export interface StageOptions extends Partial<Omit<ServerOptions, "open">> {
  orchestrator?: OrchestratorOptions;
}

/** A server in this process, on a port of its own, with a data folder and a directory for tasks that are thrown away. */
export interface ServerStage {
  readonly base: string;
  /** The data folder. */
  readonly home: string;
  /** Where tasks may work. */
  readonly work: string;
  readonly server: Server;
  /** What the server has told of failures of its own. */
  readonly troubles: string[];
  /** Another server on the same data folder, or the same after a stop. */
  start(options?: Partial<ServerOptions>): Promise<Server>;
  /** The token of a role. */
  token(role: AccessRole): string;
  /** Asks as somebody with a role, or as nobody. */
  ask(path: string, request?: Asked): Promise<Answer>;
  close(): Promise<void>;
}

export interface Asked {
  as?: AccessRole | null;
  /** Another than the first. */
  server?: Server;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json(): Record<string, unknown>;
}

export async function openServerStage(options: StageOptions = {}): Promise<ServerStage> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-server-")));
  const [home, work] = [join(base, "data"), join(base, "work")];
  for (const folder of [home, work]) mkdirSync(folder);
  const { orchestrator: own = {}, ...rest } = options;
  const environment = { PATH: process.env.PATH ?? "", HOME: base };
  const troubles: string[] = [];
  const servers = new Set<Server>();

  async function start(more: Partial<ServerOptions> = {}): Promise<Server> {
    const server = await startServer({
      directories: [work],
      version: "0.0.0",
      onTrouble: (message) => troubles.push(message),
      create: () =>
        new Orchestrator({
          home,
          workingDirectory: work,
          environment,
          onStop: "suspend",
          ...own,
        }),
      ...rest,
      ...more,
    });
    servers.add(server);
    return server;
  }

  const server = await start();
  const tokens = {
    viewer: (await server.access.createToken("the viewer", "viewer")).token,
    operator: (await server.access.createToken("the operator", "operator")).token,
    admin: (await server.access.createToken("the admin", "admin")).token,
  };
  return {
    base,
    home,
    work,
    server,
    troubles,
    start,
    token: (role) => tokens[role],
    ask(path, { as = "admin", server: asked = server, headers = {}, ...request } = {}) {
      const authorization = as === null ? {} : { authorization: `Bearer ${tokens[as]}` };
      return ask(asked, path, { ...request, headers: { ...authorization, ...headers } });
    },
    async close() {
      for (const each of servers) await each.close();
      rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** Asks with a path and headers as they are given: no client corrects them. */
function ask(server: Server, path: string, { method = "GET", body, headers = {} }: Asked): Promise<Answer> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const type =
    text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers: { ...type, ...headers } }, (answer) => {
      let said = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
      answer.on("error", reject).on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: said,
          json: () => JSON.parse(said) as Record<string, unknown>,
        }),
      );
    });
    sent.on("error", reject).end(text);
  });
}

/** One client of the stream, with everything that it was told. */
export interface Client {
  readonly socket: WebSocket;
  readonly messages: Record<string, unknown>[];
  /** The numbers of the events, in the order in which they came. */
  readonly seqs: number[];
  /** Resolves as soon as a look finds something. */
  until(what: string, look: () => boolean): Promise<void>;
  /** The code with which it was closed, or the status with which it was not opened. */
  readonly closed: Promise<number>;
}

/** Opens a stream. */
export function connect(server: Server, query: string, headers: Record<string, string>): Client {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/v1/ws${query}`, { headers });
  const messages: Record<string, unknown>[] = [];
  const seqs: number[] = [];
  let looks: (() => void)[] = [];
  const closed = new Promise<number>((resolve) => {
    socket.on("unexpected-response", (_, answer) => {
      resolve(answer.statusCode ?? 0);
      socket.terminate();
    });
    socket.on("close", (code) => resolve(code));
    socket.on("error", () => {});
  });
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as { type: string; events?: { seq: number }[] };
    messages.push(message);
    for (const { seq } of message.events ?? []) seqs.push(seq);
    for (const look of looks) look();
  });
  return {
    socket,
    messages,
    seqs,
    closed,
    until(what, isThere) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!isThere()) return;
          looks = looks.filter((each) => each !== look);
          resolve();
        };
        looks.push(look);
        closed.then((code) => reject(new Error(`it was closed with ${code} while one waited for ${what}`)));
        look();
      });
    },
  };
}
