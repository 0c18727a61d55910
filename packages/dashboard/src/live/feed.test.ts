import { describe, expect, it } from "vitest";
import { createFeed, type News } from "./feed.ts";

/** A server, a clock and a waiting room of which the test turns the wheels. */
function stage() {
  const opened: { after: number | null; isClosed: boolean; send(message: object): void; drop(code: number): void }[] =
    [];
  const waiting: { call: () => void; delayMs: number }[] = [];
  const told: News[] = [];
  const feed = createFeed({
    open(after, handlers) {
      const connection = {
        after,
        isClosed: false,
        send: (message: object) => handlers.message(JSON.stringify(message)),
        drop: (code: number) => handlers.closed(code),
      };
      opened.push(connection);
      return {
        close: () => {
          connection.isClosed = true;
        },
      };
    },
    later(call, delayMs) {
      const entry = { call, delayMs };
      waiting.push(entry);
      return () => void waiting.splice(waiting.indexOf(entry), 1);
    },
    nowMs: () => 1_000,
  });
  feed.onNews((news) => told.push(news));
  feed.start();
  const current = () => {
    const connection = opened.at(-1);
    if (!connection) throw new Error("Nothing was opened.");
    return connection;
  };
  const pass = () => {
    const entry = waiting.shift();
    if (!entry) throw new Error("Nothing waits.");
    entry.call();
    return entry.delayMs;
  };
  return { feed, opened, waiting, told, current, pass };
}

const snapshot = (seq: number, databaseId = "one", more: object = {}) => ({
  ...{ type: "snapshot", seq, databaseId, time: "2026-11-23T12:00:00.000Z" },
  ...more,
});
const events = (...seqs: number[]) => ({ type: "events", events: seqs.map((seq) => ({ seq })) });
const seqsOf = (told: readonly News[]) =>
  told.flatMap((news) => (news.kind === "events" ? news.events.map((event) => event.seq) : []));

describe("the feed", () => {
  it("begins with the snapshot's fleet and goes on with events", () => {
    const { told, current, feed } = stage();
    current().send(snapshot(5, "one", { fleet: { seq: 5 } }));
    current().send(events(6, 7));
    expect(told.map((news) => news.kind)).toEqual(["first", "events"]);
    expect(feed.connection().kind).toBe("live");
  });

  it("resumes from its cursor, misses nothing and repeats nothing", () => {
    const { told, current, pass } = stage();
    current().send(snapshot(5));
    current().send(events(6, 7));
    current().drop(1006);
    pass();
    expect(current().after).toBe(7);
    current().send(snapshot(9));
    current().send(events(7, 8, 9));
    expect(seqsOf(told)).toEqual([6, 7, 8, 9]);
    expect(told.map((news) => news.kind)).toContain("resumed");
  });

  it("waits ever longer, up to five seconds, and says until when", () => {
    const { current, pass, feed } = stage();
    const delays = Array.from({ length: 7 }, () => {
      current().drop(1006);
      return pass();
    });
    expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    current().drop(1006);
    expect(feed.connection()).toEqual({ kind: "waiting", retryAtMs: 6_000, failures: 8 });
  });

  it("begins with short pauses again once it was connected", () => {
    const { current, pass } = stage();
    current().drop(1006);
    pass();
    current().send(snapshot(5));
    current().drop(1001);
    expect(pass()).toBe(250);
  });

  it("begins anew, without a cursor, when the database is another", () => {
    const { told, current, pass, opened } = stage();
    current().send(snapshot(50));
    current().drop(1001);
    pass();
    current().send(snapshot(60, "two"));
    expect(told.at(-1)?.kind).toBe("replaced");
    expect(opened.at(-2)?.isClosed).toBe(true);
    expect(current().after).toBeNull();
    current().send(snapshot(60, "two", { fleet: {} }));
    current().send(events(61));
    expect(seqsOf(told)).toEqual([61]);
  });

  it("does not listen to a connection that it has left", () => {
    const { told, current, pass } = stage();
    const old = current();
    old.send(snapshot(5));
    old.drop(1006);
    pass();
    old.send(events(6));
    old.drop(1006);
    expect(seqsOf(told)).toEqual([]);
  });

  it("does not knock again once it was signed out", () => {
    const { current, waiting, feed } = stage();
    current().send(snapshot(5));
    current().drop(4401);
    expect([feed.connection().kind, waiting.length]).toEqual(["signed_out", 0]);
  });

  it("does not mind what it does not know", () => {
    const { told, current } = stage();
    current().send(snapshot(5));
    current().send({ type: "weather", seq: 1 });
    current().send(events(6));
    expect(seqsOf(told)).toEqual([6]);
  });

  it("leaves a connection that does not tell what the log has", () => {
    const { current, pass, feed, opened } = stage();
    current().send(snapshot(5));
    feed.expect(9);
    expect(pass()).toBe(4_000);
    expect([opened[0]?.isClosed, feed.connection().kind]).toEqual([true, "waiting"]);
    pass();
    expect(current().after).toBe(5);
  });

  it("keeps a connection that has only been a little late", () => {
    const { current, pass, feed } = stage();
    current().send(snapshot(5));
    feed.expect(9);
    current().send(events(6, 9));
    pass();
    expect(feed.connection().kind).toBe("live");
  });

  it("connects at once when told to, and calls the pause off", () => {
    const { current, waiting, feed, opened } = stage();
    current().drop(1006);
    feed.retry();
    expect([opened.length, waiting.length]).toEqual([2, 0]);
  });
});
