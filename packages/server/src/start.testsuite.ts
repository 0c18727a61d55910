import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { reply, type Script, sampleFromSchema, script, startRehearsalServer } from "@claude-orchestrator/rehearsal";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect, openServerStage, type ServerStage, type StageOptions } from "./stage.testsuite.js";

const execute = promisify(execFile);

/** How a server starts, what it measures, and that it tells no secret. */
export function specifyStart(): void {
  async function opened(options: StageOptions = {}): Promise<ServerStage> {
    const stage = await openServerStage(options);
    onTestFinished(() => stage.close());
    return stage;
  }

  describe("a server does not start", () => {
    test("where other machines reach it and nobody has made a token", async () => {
      const stage = await opened();
      for (const { tokenId } of stage.server.access.listTokens()) await stage.server.access.revokeToken(tokenId);
      for (const host of ["0.0.0.0", "::"])
        await expect(stage.start({ host })).rejects.toMatchObject({
          code: "invalid_input",
          message: `The address ${host} can be reached by other machines, and there is no token yet.`,
        });
      await stage.server.access.createToken("on purpose", "admin");
      const server = await stage.start({ host: "0.0.0.0" });
      expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    });

    test("on a port that is taken, with directories that are not there", async () => {
      const stage = await opened();
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void other.close());
      const { port } = other.address() as { port: number };
      await expect(stage.start({ port })).rejects.toMatchObject({
        code: "invalid_input",
        message: `The port ${port} of 127.0.0.1 is taken by another program.`,
      });
      await expect(stage.start({ directories: ["/none"] })).rejects.toMatchObject({ code: "invalid_input" });
      await expect(stage.start({ host: "203.0.113.1" })).rejects.toMatchObject({ code: "invalid_input" });
    });
  });

  test("two processes that change who may come in at once lose nothing", async () => {
    const stage = await opened();
    const before = stage.server.access.listTokens().length;
    const program = `
      const { openAccess } = await import(${JSON.stringify(new URL("../dist/access/access.js", import.meta.url).href)});
      const access = openAccess(${JSON.stringify(stage.home)});
      for (let index = 0; index < 20; index += 1) await access.createToken("theirs", "viewer");`;
    const other = execute(process.execPath, ["--input-type=module", "--eval", program]);
    for (let index = 0; index < 20; index += 1) await stage.server.access.createToken("ours", "viewer");
    await other;
    const names = stage.server.access
      .listTokens()
      .slice(before)
      .map(({ name }) => name);
    expect(names.filter((name) => name === "theirs")).toHaveLength(20);
    expect(names.filter((name) => name === "ours")).toHaveLength(20);
  });

  /** The samples of a text in the format of Prometheus; throws for a line that is none. */
  function parseMetrics(text: string): { name: string; labels: Record<string, string>; value: number }[] {
    return text
      .split("\n")
      .filter((line) => line !== "" && !/^# (HELP|TYPE) [a-zA-Z_:][\w:]* .+$/.test(line))
      .map((line) => {
        const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|Nan|[+-]Inf|[-+.\de]+)$/.exec(line);
        if (!found) throw new Error(`no sample: ${line}`);
        const labels = [...(found[2] ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [
          key,
          value,
        ]);
        return { name: found[1] ?? "", labels: Object.fromEntries(labels), value: Number(found[3]) };
      });
  }

  /** A script whose builder uses its shell once and hands over what it has seen; everybody else hands over at once. */
  function tells(command: string, seen: string[]): Script {
    return script().otherwise((call) => {
      if (call.turn === 0) return reply().tool("Bash", { command, description: "look" });
      const told = call.lastToolResults.map(({ text }) => text).join("\n");
      seen.push(told);
      return reply()
        .text(`I saw: ${told}`)
        .handoff({ ...(sampleFromSchema(call.handoffSchema ?? {}) as object), summary: told.slice(0, 400) });
    });
  }

  /** Everything below a folder, as one text. */
  function textOf(folder: string): string {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, "latin1"))
      .join("\n");
  }

  describe("a task of an agent that prints every secret", () => {
    const KEY = "key-of-the-model-4f7a1c";
    const PASSWORD = "password-in-the-env-file-9b2e";

    test("runs to its end, is measured, and leaves no secret in events, logs and answers", async () => {
      const seen: string[] = [];
      const token = `orc_${"t".repeat(43)}`;
      const command = `cat .env; echo ${token}; echo key: $ANTHROPIC_API_KEY; env`;
      const model = await startRehearsalServer({ script: tells(command, seen) });
      onTestFinished(() => model.close());
      const base = { PATH: process.env.PATH ?? "", ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: KEY };
      const stage = await opened({ orchestrator: { environment: base } });
      writeFileSync(join(stage.work, ".env"), `DB_PASSWORD=${PASSWORD}\n`);
      const client = connect(stage.server, "?after=0", { authorization: `Bearer ${stage.token("viewer")}` });

      const created = await stage.ask("/api/v1/tasks", {
        as: "operator",
        method: "POST",
        body: { prompt: "Print what you know", roles: ["builder"] },
      });
      expect([created.status, created.text]).toEqual([201, expect.stringContaining("task_")]);
      const taskId = String(created.json().taskId);
      const types = () =>
        client.messages.flatMap(({ events }) => ((events ?? []) as { type: string }[]).map(({ type }) => type));
      await client.until("the end of the task", () => types().includes("task.ended"));
      expect(types()).toEqual(expect.arrayContaining(["task.created", "step.started", "tool.ended", "step.ended"]));

      expect(seen[0], "the agent itself sees what it is told to print").toContain(PASSWORD);
      const { task } = (await stage.ask(`/api/v1/tasks/${taskId}`)).json() as {
        task: { agents: { agentId: string }[] };
      };
      const agentId = task.agents[0]?.agentId ?? "";
      const answers = await Promise.all(
        ["", "/timing", "/report", "/diff"].map((path) => stage.ask(`/api/v1/tasks/${taskId}${path}`)),
      );
      const logs = await Promise.all(
        ["prompt.txt", "text.txt", "tools.jsonl", "summary.json"].map((file) =>
          stage.ask(`/api/v1/agents/${agentId}/logs/${file}`),
        ),
      );
      expect([...answers, ...logs].map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
      const events = await stage.ask("/api/v1/events?limit=2000");
      const told = [...answers, ...logs, events].map(({ text }) => text).join("\n");
      expect(told).toContain("[redacted]");
      const written = ["logs", "audit.jsonl", "access.json"].map((name) => {
        const path = join(stage.home, name);
        return statSync(path).isFile() ? readFileSync(path, "utf8") : textOf(path);
      });
      for (const text of [told, ...written, JSON.stringify(client.messages), stage.troubles.join("\n")])
        for (const secret of [
          KEY,
          PASSWORD,
          token,
          stage.token("viewer"),
          stage.token("operator"),
          stage.token("admin"),
        ])
          expect(text.includes(secret), `${secret} in ${text.slice(0, 60)}`).toBe(false);

      const tool = (events.json().items as { type: string; data: { toolUseId: string } }[]).find(
        ({ type }) => type === "tool.ended",
      );
      expect((await stage.ask(`/api/v1/agents/${agentId}/tools/${tool?.data.toolUseId}`)).json()).toMatchObject({
        name: "Bash",
        isError: false,
        input: { command: command.replace(token, "[redacted]") },
      });
      client.socket.close();

      const metrics = await stage.ask("/metrics");
      expect(metrics.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
      const samples = parseMetrics(metrics.text);
      const sampleOf = (name: string, labels: Record<string, string> = {}) =>
        samples.find((each) => each.name === `orchestrator_${name}` && sameLabels(each.labels, labels))?.value;
      expect(sampleOf("tasks", { status: "unverified" })).toBe(1);
      expect(sampleOf("agents", { status: "deleted" })).toBe(1);
      expect(sampleOf("agents_living", { role: "builder" })).toBeUndefined();
      expect(sampleOf("steps_open", { status: "running" })).toBeUndefined();
      expect(sampleOf("tokens_used", { kind: "input" })).toBeGreaterThan(0);
      expect(sampleOf("cost_usd")).toBeGreaterThan(0);
      expect(sampleOf("event_lag_seconds")).toBeGreaterThanOrEqual(0);
      expect(sampleOf("events_total", { type: "task.ended" })).toBe(1);
      expect(sampleOf("task_duration_seconds_count", { task_type: "custom", status: "unverified" })).toBe(1);
      expect(samples.filter(({ name }) => name === "orchestrator_steps_open")).toEqual(expect.any(Array));
    });
  });

  function sameLabels(found: Record<string, string>, wanted: Record<string, string>): boolean {
    return Object.entries(wanted).every(([key, value]) => found[key] === value);
  }

  test("there are no figures where observability is off", async () => {
    const stage = await opened({ orchestrator: { enableMonitoring: false } });
    const answer = await stage.ask("/metrics");
    expect([answer.status, answer.json().detail]).toEqual([404, "There are no metrics: observability is off."]);
    const { agentId } = (await stage.ask("/api/v1/agents", { method: "POST", body: { role: "scout" } })).json();
    expect((await stage.ask(`/api/v1/agents/${agentId}/logs/text.txt`)).status).toBe(404);
  });
}
