import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { type Outcome, type RunningCommand, runCommand, startCommand } from "./command-line.js";
import { handOver, lastResult, openStage, play, type Stage, waitFor } from "./fixtures.js";

interface ToldEvent {
  seq: number;
  type: string;
  taskId: string | null;
  stepKey: string | null;
}

/** A server in a process of its own, as a program of its user's finds it. */
interface Served {
  running: RunningCommand;
  url: string;
  link: string;
  /** Asks with a token; answers status and body. */
  ask(path: string, token: string, method?: string, body?: object): Promise<{ status: number; body: never }>;
}

async function serve(stage: Stage, ...options: string[]): Promise<Served> {
  const running = startCommand(["serve", "--port", "0", "--no-open", ...options], {
    environment: stage.environment,
    cwd: stage.workspace,
  });
  onTestFinished(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  const ended = running.ended.then(({ stderr }) => Promise.reject(new Error(`the server has ended: ${stderr}`)));
  ended.catch(() => {});
  const link = await Promise.race([
    ended,
    waitFor("the link", () => /http:\S+\/sign-in#[\w-]+/.exec(running.printed())?.[0]),
  ]);
  const url = link.replace(/\/sign-in.*/, "");
  return {
    running,
    url,
    link,
    async ask(path, token, method = "GET", body) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text === "" ? null : JSON.parse(text)) as never };
    },
  };
}

/** Follows the events of a server from a cursor on. */
function follow(url: string, token: string, after: number): ToldEvent[] {
  const events: ToldEvent[] = [];
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/ws?after=${after}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  socket.on("error", () => {});
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as { events?: ToldEvent[] };
    events.push(...(message.events ?? []));
  });
  onTestFinished(() => socket.terminate());
  return events;
}

const ended = (events: readonly ToldEvent[], taskId?: string) =>
  waitFor("the end of the task", () =>
    events.find((event) => event.type === "task.ended" && (taskId === undefined || event.taskId === taskId)),
  );

async function stopped({ running }: Served, signal: "SIGTERM" | "SIGKILL"): Promise<Outcome> {
  running.child.kill(signal);
  return running.ended;
}

const command = (stage: Stage, ...args: string[]) =>
  runCommand(args, { environment: stage.environment, cwd: stage.workspace });

describe("a server", () => {
  test("runs what is asked over HTTP, and shows what the command line runs, to whom it has given tokens", async (context) => {
    const stage = await openStage(context, { script: play() });
    const served = await serve(stage, "--rehearse");
    const { ask, url } = served;
    expect(served.running.printed()).toContain("A REHEARSAL.");
    const first = /^ {2}(orc_\S+)$/m.exec(served.running.printed())?.[1] ?? "";
    expect(await ask("/api/v1/session", first)).toMatchObject({
      status: 200,
      body: { role: "admin", rehearsal: true },
    });
    const events = follow(url, first, 0);

    // A token made by a command is known at once to the server that runs.
    const made = await command(stage, "token", "create", "--name", "ci", "--role", "operator", "--json");
    expect([made.code, made.stderr]).toEqual([0, ""]);
    const { token, tokenId } = JSON.parse(made.stdout) as { token: string; tokenId: string };
    const created = await ask("/api/v1/tasks", token, "POST", { prompt: "Look around over HTTP", roles: ["builder"] });
    expect(created.status).toBe(201);
    const { taskId } = created.body as { taskId: string };
    await ended(events, taskId);

    const byHand = command(stage, "execute", "Look around by hand", "--roles", "builder", "--rehearse", "--json");
    const other = await waitFor("the other task, live", () =>
      events.find((event) => event.type === "task.created" && event.taskId !== taskId),
    );
    await ended(events, other.taskId ?? "");
    expect(JSON.parse((await byHand).stdout)).toMatchObject({ taskId: other.taskId, success: true });

    const [listed, tokens, link] = await Promise.all([
      command(stage, "list-tasks", "--json"),
      command(stage, "token", "list"),
      command(stage, "token", "link"),
    ]);
    const tasks = JSON.parse(listed.stdout) as { taskId: string; status: string; rehearsal: boolean }[];
    expect(tasks.map((task) => task.taskId).sort()).toEqual([taskId, String(other.taskId)].sort());
    expect(tasks.every((task) => task.rehearsal && task.status === "unverified")).toBe(true);
    expect(tokens.stdout).toMatch(new RegExp(`${tokenId}.*ci.*operator`));
    expect(tokens.stdout).not.toContain(token);
    const code = link.stdout.trim().split("#")[1] ?? "";
    expect(link.stdout).toMatch(new RegExp(`^${url}/sign-in#[\\w-]{43}\n$`));
    const signedIn = await fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
    });
    expect([signedIn.status, await signedIn.json()]).toEqual([201, { name: "first", role: "admin" }]);

    expect(await command(stage, "token", "revoke", tokenId)).toMatchObject({ code: 0, stderr: "" });
    expect((await ask("/api/v1/session", token)).status).toBe(401);

    const end = await stopped(served, "SIGTERM");
    expect([end.code, end.stderr]).toEqual([0, ""]);
    expect(existsSync(join(stage.data, "server.json"))).toBe(false);
    for (const name of ["access.json", "audit.jsonl", "server.json"])
      if (existsSync(join(stage.data, name)))
        expect(readFileSync(join(stage.data, name), "utf8")).not.toMatch(new RegExp(`${token}|${first}|${code}`));
  });

  test("that is stopped, and one that is killed, goes on with its task by itself and does nothing twice", async (context) => {
    const stage = await openStage(context, {
      script: play({
        builder: (call) =>
          lastResult(call).includes("worked")
            ? handOver(call)
            : reply().tool("Bash", { command: "until [ -e go ]; do sleep 0.05; done; echo worked" }),
      }),
    });
    let served = await serve(stage);
    const token = /^ {2}(orc_\S+)$/m.exec(served.running.printed())?.[1] ?? "";
    const { body } = await served.ask("/api/v1/tasks", token, "POST", { prompt: "Build", roles: ["scout", "builder"] });
    const { taskId } = body as { taskId: string };

    let cursor = 0;
    const isAtWork = async () => {
      const events = follow(served.url, token, cursor);
      const begun = await waitFor("the builder at work", () =>
        events.find(({ type, stepKey }) => type === "tool.started" && stepKey === "builder"),
      );
      cursor = begun.seq;
    };
    await isAtWork();
    const end = await stopped(served, "SIGTERM");
    expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining("go on when the server starts again") });
    served = await serve(stage);
    await isAtWork();
    await stopped(served, "SIGKILL");
    served = await serve(stage);
    await isAtWork();
    stage.write("go", "");
    const events = follow(served.url, token, 0);
    await ended(events, taskId);

    const count = (type: string, stepKey: string) =>
      events.filter((event) => event.type === type && event.stepKey === stepKey).length;
    expect([count("step.started", "scout"), count("step.ended", "scout")]).toEqual([1, 1]);
    expect(count("step.ended", "builder")).toBe(1);
    expect(count("agent.created", "builder"), "the same agent went on").toBe(1);
    expect(stage.server.calls.filter(({ role }) => role === "scout")).toHaveLength(1);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const { task } = (await served.ask(`/api/v1/tasks/${taskId}`, token)).body as { task: { status: string } };
    expect(task.status).toBe("unverified");
    await stopped(served, "SIGTERM");
  });

  test("that cannot be says why, and so does a command that has no server", async (context) => {
    const stage = await openStage(context, { script: play() });
    const refused: [args: string[], message: RegExp][] = [
      [["serve", "--port", "http"], /The port "http" is not a number from 0 to 65535/],
      [["serve", "--port", "0", "--directory", "/none"], /The directory \/none does not exist/],
      [["token", "create", "--role", "owner"], /owner[\s\S]*viewer, operator, admin/],
      [["token", "link"], /No server runs on this data folder/],
    ];
    const outcomes = await Promise.all(refused.map(([args]) => command(stage, ...args)));
    for (const [index, { code, stdout, stderr }] of outcomes.entries()) {
      const [args, message] = refused[index] ?? [[], /never/];
      expect([args, code, stdout]).toEqual([args, 2, ""]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });
});
