import { array, assert, constantFrom, nat, property } from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { NO_USAGE } from "../domain/index.js";
import type { RuntimeEvent } from "../runtime/index.js";
import { Pulse } from "./pulse.js";

let nowMs = 0;
let pulse: Pulse;

beforeEach(() => {
  nowMs = 1_000;
  pulse = new Pulse(() => nowMs);
});

const call = { callId: "call_1", model: "sonnet", processId: "process", ordinal: 1 };
const callStart: RuntimeEvent = { type: "model_call.start", ...call };
const callEnd: RuntimeEvent = { type: "model_call.end", ...call, state: "complete", usage: NO_USAGE };

function toolStart(input: unknown, tool = "Bash", toolUseId = "use_1"): RuntimeEvent {
  return { type: "tool.start", toolUseId, tool, input };
}

function toolEnd(toolUseId = "use_1"): RuntimeEvent {
  return { type: "tool.end", toolUseId, tool: "Bash", isError: false, result: "", filesRead: [] };
}

describe("silence", () => {
  test("is counted from the agent's making", () => {
    nowMs += 2_500;
    expect(pulse.read()).toEqual({
      silentMs: 2_500,
      identicalCalls: 0,
      callsSinceNew: 0,
      toolCalls: 0,
      waitsFor: null,
    });
  });

  test.each<RuntimeEvent>([
    callStart,
    callEnd,
    toolStart({}),
    toolEnd(),
    { type: "text.end", text: "Hm." },
    { type: "thinking.end", text: "Hm." },
    { type: "model_call.retry", attempt: 1, maxRetries: 3, delayMs: 10, status: 529, error: "overloaded" },
  ])("is broken by $type", (event) => {
    nowMs += 5_000;
    pulse.take(event);
    nowMs += 40;
    expect(pulse.read().silentMs).toBe(40);
  });

  test("begins again with a turn", () => {
    nowMs += 5_000;
    pulse.begin();
    expect(pulse.read().silentMs).toBe(0);
  });

  test("is whole milliseconds and never negative, whatever the clock does", () => {
    nowMs += 0.7;
    expect(pulse.read().silentMs).toBe(1);
    nowMs -= 50;
    expect(pulse.read().silentMs).toBe(0);
  });
});

describe("what an agent waits for", () => {
  test("is its model while a call is open", () => {
    pulse.take(callStart);
    expect(pulse.read().waitsFor).toBe("model");
    pulse.take(callEnd);
    expect(pulse.read().waitsFor).toBeNull();
  });

  test("is a tool until the last one that is open has ended", () => {
    pulse.take(toolStart("a", "Read", "use_1"));
    pulse.take(toolStart("b", "Read", "use_2"));
    pulse.take(toolEnd("use_1"));
    expect(pulse.read().waitsFor).toBe("tool");
    pulse.take(toolEnd("use_2"));
    expect(pulse.read().waitsFor).toBeNull();
  });

  test("is the tool where both are open", () => {
    pulse.take(callStart);
    pulse.take(toolStart({}));
    expect(pulse.read().waitsFor).toBe("tool");
  });

  test("is no tool of an earlier turn", () => {
    pulse.take(toolStart({}));
    pulse.begin();
    expect(pulse.read().waitsFor).toBeNull();
  });
});

describe("tool calls", () => {
  const make = (...inputs: unknown[]) => {
    for (const input of inputs) pulse.take(toolStart(input));
    const { identicalCalls, callsSinceNew, toolCalls } = pulse.read();
    return { identicalCalls, callsSinceNew, toolCalls };
  };

  test("that are the same in a row are counted, the first one included", () => {
    expect(make("ls", "ls", "ls")).toEqual({ identicalCalls: 3, callsSinceNew: 2, toolCalls: 3 });
  });

  test("that are made again after another are not in a row, but nothing new", () => {
    expect(make("ls", "pwd", "ls", "pwd")).toEqual({ identicalCalls: 1, callsSinceNew: 2, toolCalls: 4 });
  });

  test("that are new begin both counts again", () => {
    expect(make("ls", "ls", "ls", "cat")).toEqual({ identicalCalls: 1, callsSinceNew: 0, toolCalls: 4 });
  });

  test("of another tool with the same input are other calls", () => {
    pulse.take(toolStart("a.ts", "Read"));
    pulse.take(toolStart("a.ts", "Grep"));
    expect(pulse.read()).toMatchObject({ identicalCalls: 1, callsSinceNew: 0 });
  });

  test("with another field of a long input are other calls", () => {
    const file = "x".repeat(100_000);
    make({ path: "a.ts", content: `${file}1` }, { path: "a.ts", content: `${file}2` });
    expect(pulse.read()).toMatchObject({ identicalCalls: 1, callsSinceNew: 0 });
  });

  test("of an earlier turn are forgotten, but for how many they were", () => {
    make("ls", "ls", "ls");
    pulse.begin();
    expect(pulse.read()).toMatchObject({ identicalCalls: 0, callsSinceNew: 0, toolCalls: 3 });
    expect(make("ls")).toEqual({ identicalCalls: 1, callsSinceNew: 0, toolCalls: 4 });
  });

  test("are counted so for any story", () => {
    const runAtEnd = (calls: readonly string[]) => {
      const last = calls.at(-1);
      const different = calls.findLastIndex((each) => each !== last);
      return calls.length - 1 - different;
    };
    assert(
      property(array(constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 60 }), nat(60), (calls, cut) => {
        pulse = new Pulse(() => nowMs);
        make(...calls.slice(0, cut));
        pulse.begin();
        const turn = calls.slice(cut);
        const read = make(...turn);
        const firstOfItsKind = turn.findLastIndex((each, at) => turn.indexOf(each) === at);
        expect(read).toEqual({
          identicalCalls: runAtEnd(turn),
          callsSinceNew: turn.length === 0 ? 0 : turn.length - 1 - firstOfItsKind,
          toolCalls: calls.length,
        });
      }),
      { seed: 1 },
    );
  });
});
