import { copyFileSync, renameSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { Orchestrator } from "@claude-orchestrator/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, connect, openServerStage, type ServerStage } from "../stage.testsuite.js";

/** What whoever follows the events is told, and until when. */
export function specifyStreams(): void {
  let stage: ServerStage;
  /** An agent whose every change is one event. */
  let agentId: string;

  beforeAll(async () => {
    stage = await openServerStage();
    agentId = await stage.server.orchestrator.createAgent({ role: "scout" });
  });
  afterAll(() => stage.close());

  const bearer = () => ({ authorization: `Bearer ${stage.token("viewer")}` });
  const follow = (query = "") => connect(stage.server, query, bearer());
  const lastSeq = () => stage.server.orchestrator.lastEvent();

  async function append(count: number, id = agentId): Promise<void> {
    for (let index = 0; index < count; index += 1)
      await stage.server.orchestrator.setAgentModel(id, index % 2 ? "sonnet" : "haiku");
  }

  const hasSnapshot = (client: Client) => client.messages.length > 0;
  const upTo = (last: number, first: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

  describe("a stream", () => {
    test("begins with the fleet as it is, and goes on with what comes", async () => {
      const client = follow();
      await client.until("the snapshot", () => hasSnapshot(client));
      const seq = await lastSeq();
      expect(client.messages[0]).toMatchObject({
        type: "snapshot",
        seq,
        databaseId: await stage.server.orchestrator.databaseId(),
        fleet: { seq, agents: { total: 1, byRole: { scout: 1 } }, living: [{ agentId }] },
      });
      await append(1);
      await client.until("the event", () => client.seqs.length > 0);
      expect(client.messages[1]).toMatchObject({
        type: "events",
        events: [{ seq: seq + 1, type: "agent.model_changed", agentId, data: { model: "haiku" } }],
      });
      client.socket.close();
    });

    test("begins behind a cursor, without the fleet", async () => {
      const client = follow("?after=0");
      const seq = await lastSeq();
      await client.until("what there is", () => client.seqs.at(-1) === seq);
      expect(client.messages[0]).not.toHaveProperty("fleet");
      expect(client.seqs).toEqual(upTo(seq, 1));
      client.socket.close();
    });

    test("with a cursor beyond the end says where the end is, and goes on from there", async () => {
      const seq = await lastSeq();
      const client = follow("?after=999999999");
      await client.until("the snapshot", () => hasSnapshot(client));
      expect(client.messages[0]).toMatchObject({ seq });
      await append(1);
      await client.until("the event", () => client.seqs.length > 0);
      expect(client.seqs).toEqual([seq + 1]);
      client.socket.close();
    });

    test("keeps to one agent, or one task", async () => {
      const other = await stage.server.orchestrator.createAgent({ role: "scout" });
      const seq = await lastSeq();
      const [ofAgent, ofTask] = [follow(`?after=${seq}&agentId=${other}`), follow(`?after=${seq}&taskId=none`)];
      for (const client of [ofAgent, ofTask]) await client.until("the snapshot", () => hasSnapshot(client));
      await append(3);
      await append(2, other);
      await ofAgent.until("both", () => ofAgent.seqs.length >= 2);
      expect(ofAgent.seqs).toEqual([seq + 4, seq + 5]);
      expect(ofTask.seqs).toEqual([]);
      for (const client of [ofAgent, ofTask]) client.socket.close();
    });

    test.each(["?after=-1", "?after=x", "?after=1.5"])("with %s is not opened", async (query) => {
      expect(await follow(query).closed).toBe(400);
    });

    test("does not mind what a client says, and ends with one that says too much", async () => {
      const client = follow();
      await client.until("the snapshot", () => hasSnapshot(client));
      client.socket.send('{"type":"events"}');
      client.socket.send(Buffer.alloc(1_000));
      await append(1);
      await client.until("the event", () => client.seqs.length > 0);
      client.socket.send(Buffer.alloc(64 * 1024));
      expect(await client.closed).toBe(1009);
      expect((await stage.ask("/health")).status).toBe(200);
    });
  });

  describe("2 000 events", () => {
    test("come to one that is killed fifty times, to one that never is, and to one that takes nothing for a while", async () => {
      const first = (await lastSeq()) + 1;
      const last = first + 1_999;
      const steady = follow(`?after=${first - 1}`);
      const slow = follow(`?after=${first - 1}`);
      for (const client of [steady, slow]) await client.until("the snapshot", () => hasSnapshot(client));
      slow.socket.pause();

      const seen: number[] = [];
      const broken = (async () => {
        for (let kills = 0; seen.at(-1) !== last; kills += 1) {
          const client = follow(`?after=${seen.at(-1) ?? first - 1}`);
          const wanted = kills < 50 ? 1 : last - (seen.at(-1) ?? 0);
          await client.until("some", () => client.seqs.length >= wanted);
          seen.push(...client.seqs);
          client.socket.terminate();
          if (kills < 50) await append(1);
          else return kills;
        }
        return 0;
      })();
      await append(1_950);
      expect(await broken).toBe(50);

      await steady.until("all", () => steady.seqs.at(-1) === last);
      slow.socket.resume();
      await slow.until("all", () => slow.seqs.at(-1) === last);
      for (const seqs of [seen, steady.seqs, slow.seqs]) expect(seqs).toEqual(upTo(last, first));
      for (const client of [steady, slow]) client.socket.close();
    });
  });

  describe("server-sent events", () => {
    /** Reads a stream until a text has come. */
    function read(query: string, until: string, headers: Record<string, string> = {}) {
      return new Promise<{ answer: IncomingMessage; text: string }>((resolve, reject) => {
        const url = `${stage.server.url}/api/v1/events/stream${query}`;
        const asked = get(url, { headers: { ...bearer(), ...headers } }, (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => {
            text += part;
            if (!text.includes(until)) return;
            resolve({ answer, text });
            asked.destroy();
          });
          answer.on("error", () => {});
          answer.on("end", () => reject(new Error(`it ended before ${until}: ${text.slice(-200)}`)));
        });
        asked.on("error", reject);
      });
    }
    const ids = (text: string) =>
      [...text.matchAll(/^id: (\d+)\ndata: \{"seq":\1,"time"/gm)].map((found) => Number(found[1]));

    test("go on behind the last that one has", async () => {
      const before = await lastSeq();
      await append(20);
      const { answer, text } = await read("", `\nid: ${before + 20}\ndata: {"seq":${before + 20},"t`, {
        "last-event-id": String(before),
      });
      expect(answer.headers["content-type"]).toBe("text/event-stream");
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
      expect(ids(text)).toEqual(upTo(before + 20, before + 1));
    });

    test("say where the end is with a cursor beyond it", async () => {
      const seq = await lastSeq();
      const { text } = await read("?after=999999999", "\n\n");
      expect(text).toContain(`event: cursor\nid: ${seq}\ndata: {"seq":${seq}}`);
    });

    test("refuse what is no cursor", async () => {
      const asked = await stage.ask("/api/v1/events/stream", { headers: { "last-event-id": "; rm -rf" } });
      expect([asked.status, asked.json().code]).toEqual([400, "invalid_input"]);
    });

    test("are not begun for whoever asks for the head only", async () => {
      const asked = await stage.ask("/api/v1/events/stream", { method: "HEAD" });
      expect([404, 405]).toContain(asked.status);
    });
  });

  describe("whoever is shut out", () => {
    async function streamOf(headers: Record<string, string>) {
      const client = connect(stage.server, "", headers);
      await client.until("the snapshot", () => hasSnapshot(client));
      return client;
    }

    test("hears nothing more once the token is revoked", async () => {
      const { access } = stage.server;
      const { tokenId, token } = await access.createToken("leaving", "admin");
      const client = await streamOf({ authorization: `Bearer ${token}` });
      const ended = new Promise<string>((resolve, reject) => {
        let text = "";
        get(`${stage.server.url}/api/v1/events/stream`, { headers: { authorization: `Bearer ${token}` } }, (answer) => {
          answer.once("data", () => void access.revokeToken(tokenId).then(() => append(1)));
          answer.on("data", (part) => {
            text += String(part);
          });
          answer.on("end", () => resolve(text)).on("error", reject);
        });
      });
      expect(await ended).not.toContain("agent.model_changed");
      expect(await client.closed).toBe(4401);
      expect(client.seqs).toEqual([]);
    });

    test("hears nothing more once the browser is signed out, though its token is still good", async () => {
      const { access, url } = stage.server;
      const signedIn = await access.signIn({ token: stage.token("viewer") });
      const session = signedIn?.session ?? "";
      const client = await streamOf({ cookie: `orchestrator_${new URL(url).port}=${session}`, origin: url });
      await access.signOut(session);
      const last = await stage.server.orchestrator.lastEvent();
      await append(1);
      expect(await client.closed).toBe(4401);
      expect(client.seqs.filter((seq) => seq > last)).toEqual([]);
    });

    test("is told so also when nothing happens", async () => {
      const { access } = stage.server;
      const { tokenId, token } = await access.createToken("leaving", "admin");
      const client = await streamOf({ authorization: `Bearer ${token}` });
      await access.revokeToken(tokenId);
      expect(await client.closed).toBe(4401);
    });
  });

  describe("the end of the server, and of its database", () => {
    test("streams are closed when the server stops, and it does not wait for them", async () => {
      const server = await stage.start();
      const client = connect(server, "", bearer());
      await client.until("the snapshot", () => hasSnapshot(client));
      const ended = new Promise<void>((resolve) => {
        get(`${server.url}/api/v1/events/stream`, { headers: bearer() }, (answer) => {
          answer.on("data", () => {}).on("end", resolve);
          void server.close();
        });
      });
      expect(await client.closed).toBe(1001);
      await ended;
    });

    test("another database in the place of the first is opened, and every stream is told", async () => {
      const folder = join(stage.base, "other");
      const other = new Orchestrator({ home: folder, workingDirectory: stage.work, environment: { HOME: stage.base } });
      await other.start();
      const known = await other.createAgent({ role: "builder" });
      const wanted = await other.databaseId();
      await other.stop();

      const before = await stage.server.orchestrator.databaseId();
      const client = follow();
      await client.until("the snapshot", () => hasSnapshot(client));
      copyFileSync(join(folder, "orchestrator.db"), join(stage.home, "new.db"));
      renameSync(join(stage.home, "new.db"), join(stage.home, "orchestrator.db"));
      rmSync(folder, { recursive: true });
      expect(await client.closed).toBe(1001);

      // Whoever asks meanwhile is told to wait, and nothing that is half of one and half of the other.
      const answers = new Set<string>();
      for (let id: unknown = before; id !== wanted; ) {
        const { status, json } = await stage.ask("/api/v1/session");
        id = json().databaseId;
        answers.add(`${status} ${json().code ?? id}`);
      }
      expect([`200 ${before}`, "503 not_ready", `200 ${wanted}`]).toEqual(expect.arrayContaining([...answers]));

      const next = follow("?after=5");
      await next.until("the snapshot", () => hasSnapshot(next));
      expect(next.messages[0]).toMatchObject({ databaseId: wanted, seq: 1 });
      expect((await stage.ask("/api/v1/session")).json()).toMatchObject({ databaseId: wanted });
      expect((await stage.ask(`/api/v1/agents/${known}`)).status).toBe(200);
      await append(1, known);
      await next.until("the event", () => next.seqs.length > 0);
      expect(next.seqs).toEqual([2]);
      next.socket.close();
    });
  });
}
