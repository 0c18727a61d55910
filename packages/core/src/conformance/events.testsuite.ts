import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { within } from "./host-process.testsuite.js";
import { Stage } from "./stage.testsuite.js";
import type { Subject } from "./subject.testsuite.js";

const WRITERS = 8;
const EVENTS_EACH = 100;

/** The log: whoever follows it misses nothing and sees nothing twice. */
export function testEvents(subject: Subject): void {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open(subject);
  });
  afterEach(async () => {
    await stage.close();
  });

  /** Follows the log from a cursor until so many events have come; `breaks` begins again after each so many. */
  async function follow(count: number, breaks = Number.POSITIVE_INFINITY): Promise<{ seq: number; text: string }[]> {
    const seen: { seq: number; text: string }[] = [];
    await within(`${count} events`, seen, async () => {
      while (seen.length < count) {
        const before = seen.length;
        for await (const event of stage.store.subscribe({ after: seen.at(-1)?.seq ?? 0 })) {
          seen.push({ seq: event.seq, text: event.type === "task.warned" ? event.data.message : "" });
          if (seen.length === count || seen.length - before === breaks) break;
        }
      }
    });
    return seen;
  }

  describe("eight processes that write at once", () => {
    test("are followed from a cursor: every event once, in the order of its number, each writer's in its own", async () => {
      const total = WRITERS * EVENTS_EACH;
      const writers = await Promise.all(Array.from({ length: WRITERS }, () => stage.host()));
      const live = Promise.all([follow(total), follow(total, 7)]);
      await Promise.all(writers.map((writer) => writer.warn(EVENTS_EACH)));
      const [steady, broken] = await live;
      expect(broken).toEqual(steady);
      expect(steady.map(({ seq }) => seq)).toEqual([...steady.map(({ seq }) => seq)].sort((a, b) => a - b));
      expect(new Set(steady.map(({ seq }) => seq)).size).toBe(total);
      for (const { ownerId } of writers) {
        const own = steady.map(({ text }) => text).filter((text) => text.startsWith(ownerId));
        expect(own).toEqual(Array.from({ length: EVENTS_EACH }, (_, index) => `${ownerId} ${index}`));
      }
      expect((await stage.store.readEvents({ limit: total + 1 })).map(({ seq }) => seq)).toEqual(
        steady.map(({ seq }) => seq),
      );
    });
  });
}
