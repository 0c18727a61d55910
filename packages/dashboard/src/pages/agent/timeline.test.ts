import { describe, expect, it } from "vitest";
import type { OrchestratorEvent } from "../../api/types.ts";
import { createTimeline, type PageQuery } from "./timeline.ts";

const event = (seq: number): OrchestratorEvent => ({
  ...{ seq, time: "2026-11-23T12:00:00.000Z", type: "agent.output" },
  ...{ taskId: null, stepKey: null, agentId: "a1", data: { text: String(seq) } },
});

/** A log of so many events, which answers a page when the test lets it. */
function stage(length: number, limits = { pageSize: 10, maxEvents: 30 }) {
  const log = Array.from({ length }, (_, index) => event(index + 1));
  const questions: { query: PageQuery; answer(): void; refuse(error: Error): void }[] = [];
  const timeline = createTimeline((query) => {
    const { before = Number.POSITIVE_INFINITY, after = 0, newestFirst, limit } = query;
    return new Promise((resolve, reject) => {
      const answer = () => {
        const all = log.filter(({ seq }) => seq < before && seq > after);
        resolve((newestFirst ? all.reverse() : all).slice(0, limit));
      };
      questions.push({ query, answer, refuse: reject });
    });
  }, limits);
  /** Does something that asks for a page, and lets the page come. */
  const done = async (load: () => Promise<void>, meanwhile: () => void = () => {}) => {
    const loaded = load();
    questions.at(-1)?.answer();
    meanwhile();
    await loaded;
  };
  const happen = (isFollowing = true) => {
    const next = event(log.length + 1);
    log.push(next);
    timeline.take([next], isFollowing);
  };
  const seqs = () => timeline.state().window.events.map(({ seq }) => seq);
  return { timeline, questions, done, happen, seqs };
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("a timeline", () => {
  it("begins with the newest page", async () => {
    const { timeline, done, seqs } = stage(25);
    await done(timeline.loadEnd);
    expect(seqs()).toEqual(range(16, 25));
    expect(timeline.state().window).toMatchObject({ hasOlder: true, isAtEnd: true });
  });

  it("joins what happened while the page was on its way", async () => {
    const { timeline, done, happen, seqs } = stage(25);
    await done(timeline.loadEnd, happen);
    expect(seqs()).toEqual(range(16, 26));
  });

  it("reads back to the beginning, and holds no more than it may", async () => {
    const { timeline, done, seqs } = stage(45);
    await done(timeline.loadEnd);
    for (let page = 0; page < 4; page += 1) await done(timeline.loadOlder);
    expect(seqs()).toEqual(range(1, 30));
    expect(timeline.state().window).toMatchObject({ hasOlder: false, isAtEnd: false });
  });

  it("goes forward again to the end without a gap, whatever has happened meanwhile", async () => {
    const { timeline, done, happen, seqs } = stage(45);
    await done(timeline.loadEnd);
    for (let page = 0; page < 4; page += 1) await done(timeline.loadOlder);
    for (let count = 0; count < 3; count += 1) happen(false);
    await done(timeline.loadNewer);
    await done(timeline.loadNewer, () => happen(false));
    expect(seqs()).toEqual(range(seqs()[0] ?? 0, 49));
    expect(timeline.state().window.isAtEnd).toBe(true);
    happen();
    expect(seqs().at(-1)).toBe(50);
  });

  it("does not ask for the same page twice", async () => {
    const { timeline, questions, done } = stage(45);
    await done(timeline.loadEnd);
    const first = timeline.loadOlder();
    await timeline.loadOlder();
    expect(questions).toHaveLength(2);
    questions.at(-1)?.answer();
    await first;
  });

  it("keeps what it holds when a page cannot be had, and says so", async () => {
    const { timeline, questions, done, seqs } = stage(45);
    await done(timeline.loadEnd);
    const older = timeline.loadOlder();
    questions.at(-1)?.refuse(new Error("The server does not answer."));
    await older;
    expect(seqs()).toEqual(range(36, 45));
    expect(timeline.state()).toMatchObject({ loading: null, error: { message: "The server does not answer." } });
  });

  it("forgets a page that was asked for before a new beginning", async () => {
    const { timeline, questions, done, seqs } = stage(45);
    await done(timeline.loadEnd);
    const older = timeline.loadOlder();
    const late = questions.at(-1);
    await done(timeline.loadEnd);
    late?.answer();
    await older;
    expect(seqs()).toEqual(range(36, 45));
  });
});
