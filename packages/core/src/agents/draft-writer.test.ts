import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RuntimeEvent } from "../runtime/index.js";
import type { Draft } from "../store/index.js";
import { DraftWriter } from "./draft-writer.js";

let put: Pick<Draft, "kind" | "block" | "text">[];
let troubles: string[];
let failure: Error | null;
let writer: DraftWriter;

beforeEach(() => {
  vi.useFakeTimers();
  put = [];
  troubles = [];
  failure = null;
  writer = new DraftWriter({
    agentId: "agent_a",
    taskId: null,
    redact: (text) => text.replace("hunter22", "[redacted]"),
    onTrouble: (message) => void troubles.push(message),
    store: {
      async putDraft({ kind, block, text }) {
        if (failure) throw failure;
        put.push({ kind, block, text });
      },
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const write = (...texts: string[]) => texts.map((text): RuntimeEvent => ({ type: "text.delta", text }));
const think = (text: string): RuntimeEvent => ({ type: "thinking.delta", text });
const take = (...events: RuntimeEvent[]) => {
  for (const event of events) writer.take(event);
};

describe("what an agent is writing", () => {
  test("is shown whole and at once, and then twenty times a second at most", () => {
    take(...write("One ", "two "));
    vi.advanceTimersByTime(0);
    take(...write("three "));
    vi.advanceTimersByTime(49);
    take(...write("four"));
    expect(put.map(({ text }) => text)).toEqual(["One two "]);
    vi.advanceTimersByTime(1);
    expect(put.map(({ text }) => text)).toEqual(["One two ", "One two three four"]);
  });

  test("ends with the finished block, and the next one is another", () => {
    take(...write("One"), { type: "text.end", text: "One" });
    vi.advanceTimersByTime(1_000);
    expect(put).toEqual([]);
    take(...write("Two"));
    vi.advanceTimersByTime(100);
    expect(put).toEqual([{ kind: "text", block: 1, text: "Two" }]);
  });

  test("is a thought, or a text after it", () => {
    take(think("Hm."));
    vi.advanceTimersByTime(100);
    take(...write("Aha."));
    vi.advanceTimersByTime(100);
    expect(put).toEqual([
      { kind: "thinking", block: 0, text: "Hm." },
      { kind: "text", block: 1, text: "Aha." },
    ]);
  });

  test("has no secrets in it", () => {
    take(...write("It is hunt", "er22."));
    vi.advanceTimersByTime(100);
    expect(put[0]?.text).toBe("It is [redacted].");
  });

  test("is shown up to a bound", () => {
    take(...write("x".repeat(31_999), "yy", "z"));
    vi.advanceTimersByTime(100);
    expect(put[0]?.text).toHaveLength(32_000);
  });

  test("is not written any more when it is closed", () => {
    take(...write("One"));
    writer.close();
    vi.advanceTimersByTime(1_000);
    expect(put).toEqual([]);
  });

  test("is given up, and said once, where it cannot be kept", async () => {
    failure = new Error("full");
    take(...write("One"));
    await vi.advanceTimersByTimeAsync(100);
    take(...write("two"));
    await vi.advanceTimersByTimeAsync(100);
    expect(troubles).toEqual(["what agent agent_a is writing cannot be shown"]);
  });
});
