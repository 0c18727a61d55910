import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NO_USAGE } from "../../domain/index.js";
import type { RuntimeEvent } from "../runtime.js";
import type { ApiUsage, ModelUsage } from "./messages.js";
import { ModelCalls, type TurnEnding } from "./model-calls.js";

const MODEL = "claude-sonnet-5-5";
let events: RuntimeEvent[];
let calls: ModelCalls;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  events = [];
  calls = new ModelCalls({ emit: (event) => events.push(event), processId: "process", model: "sonnet" });
});
afterEach(() => {
  vi.useRealTimers();
});

function begin(usage: ApiUsage = { input_tokens: 100, output_tokens: 1 }, id = "msg_1", model = MODEL): void {
  calls.streamed({ type: "message_start", message: { id, model, usage } }, false);
}
function finish(usage: ApiUsage = { output_tokens: 20 }): void {
  calls.streamed({ type: "message_delta", usage }, false);
  calls.streamed({ type: "message_stop" }, false);
}
function streamedCall(): void {
  calls.requested();
  begin();
  finish();
}

function reported(given: Partial<ModelUsage> = {}): ModelUsage {
  const none = { inputTokens: 0, outputTokens: 0, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
  return { ...none, webSearchRequests: 0, ...given };
}
const endTurn = (sinceLast: Record<string, ModelUsage> | undefined, ending: TurnEnding = "answered", cumulative = {}) =>
  calls.turnEnded({ sinceLast, cumulative }, ending);

/** The rows that the ledger will hold, in the order of their numbers. */
function rows() {
  const ends = new Map(events.flatMap((event) => (event.type === "model_call.end" ? [[event.callId, event]] : [])));
  return events.flatMap((event) => {
    if (event.type === "model_call.reconcile")
      return [{ ordinal: event.ordinal, state: "reconciled", model: event.model, usage: event.usage }];
    if (event.type !== "model_call.start") return [];
    const end = ends.get(event.callId);
    return [{ ordinal: event.ordinal, state: end?.state ?? "open", model: end?.model, usage: end?.usage }];
  });
}
const states = () => rows().map((row) => row.state);
const IN = { ...NO_USAGE, inputTokens: 100 };

describe("a streamed call", () => {
  test("is one row with its final usage", () => {
    streamedCall();
    expect(rows()).toEqual([{ ordinal: 1, state: "complete", model: MODEL, usage: { ...IN, outputTokens: 20 } }]);
    expect(events.map((event) => event.type)).toEqual(["model_call.start", "model_call.report", "model_call.end"]);
    expect(events[1]).toMatchObject({ apiMessageId: "msg_1", usage: { ...IN, outputTokens: 1 } });
  });

  test("is awaited from the request to its end", () => {
    expect(calls.isWaiting).toBe(false);
    calls.requested();
    expect(calls.isWaiting).toBe(true);
    begin();
    expect(calls.isWaiting).toBe(true);
    finish();
    expect(calls.isWaiting).toBe(false);
  });

  test("counts cache, one-hour cache and searches apart", () => {
    calls.requested();
    begin({
      input_tokens: 1,
      cache_read_input_tokens: 2,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_1h_input_tokens: 4 },
    });
    finish({ output_tokens: 8, server_tool_use: { web_search_requests: 3 }, cache_read_input_tokens: null });
    expect(rows()[0]?.usage).toEqual({
      inputTokens: 1,
      outputTokens: 8,
      cacheReadTokens: 2,
      cacheWriteTokens: 7,
      cacheWriteOneHourTokens: 4,
      webSearches: 3,
    });
  });

  test("is not counted again when the whole message follows", () => {
    calls.requested();
    begin();
    calls.answered({ id: "msg_1", model: MODEL, usage: { input_tokens: 100, output_tokens: 20 } });
    finish();
    calls.answered({ id: "msg_1", model: MODEL, usage: { input_tokens: 100, output_tokens: 20 } });
    expect(states()).toEqual(["complete"]);
  });

  test("that repeats the id of another is a row of its own", () => {
    streamedCall();
    streamedCall();
    expect(rows().map((row) => row.ordinal)).toEqual([1, 2]);
    expect(new Set(events.flatMap((event) => ("callId" in event ? [event.callId] : []))).size).toBe(2);
  });

  test("that nobody announced is still a row", () => {
    begin();
    finish();
    expect(states()).toEqual(["complete"]);
  });

  test("has the model that the CLI named until the answer names another", () => {
    calls.useModel("claude-opus-5-5");
    calls.requested();
    expect(events[0]).toMatchObject({ type: "model_call.start", model: "claude-opus-5-5" });
    begin(undefined, "msg", "other-model");
    finish();
    expect(rows()[0]?.model).toBe("other-model");
  });
});

describe("a call that is cut off", () => {
  test("is incomplete with what had arrived", () => {
    calls.requested();
    begin();
    calls.processEnded();
    expect(rows()).toMatchObject([{ state: "incomplete", usage: { ...IN, outputTokens: 1 } }]);
  });

  test("before it began is incomplete, too: nobody knows what it cost", () => {
    calls.requested();
    calls.processEnded();
    expect(rows()).toMatchObject([{ state: "incomplete", usage: NO_USAGE }]);
  });

  test("is incomplete when its stream stops without final usage", () => {
    calls.requested();
    begin();
    calls.streamed({ type: "message_stop" }, false);
    expect(states()).toEqual(["incomplete"]);
  });

  test("is followed by the CLI's own second try, which is a row of its own", () => {
    calls.requested();
    begin();
    calls.streamed({ type: "message_stop" }, true);
    expect(states()).toEqual(["incomplete", "open"]);
    calls.answered({ id: "msg_2", model: MODEL, usage: { input_tokens: 100, output_tokens: 9 } });
    expect(rows()).toMatchObject([{ state: "incomplete" }, { state: "complete", usage: { ...IN, outputTokens: 9 } }]);
  });

  test("by the next request is incomplete", () => {
    calls.requested();
    begin();
    streamedCall();
    expect(states()).toEqual(["incomplete", "complete"]);
  });
});

describe("a retry", () => {
  test("with a status is the same call: the endpoint refused and charged nothing", () => {
    calls.requested();
    calls.retried(529);
    calls.requested();
    calls.retried(429);
    begin();
    finish();
    expect(states()).toEqual(["complete"]);
  });

  test("without a status is another call: nobody knows what became of the first", () => {
    calls.requested();
    calls.retried(null);
    begin();
    finish();
    expect(states()).toEqual(["incomplete", "complete"]);
  });

  test("of a stream that had begun is another call, whatever the status", () => {
    calls.requested();
    begin();
    calls.retried(529);
    begin();
    finish();
    expect(states()).toEqual(["incomplete", "complete"]);
  });

  test("announced right after a broken stream is the call that has taken its place already", () => {
    calls.requested();
    begin();
    calls.streamed({ type: "message_stop" }, true);
    calls.retried(null);
    begin();
    finish();
    expect(states()).toEqual(["incomplete", "complete"]);
  });

  test("that comes long after a broken stream is about the call that took its place", () => {
    calls.requested();
    begin();
    calls.streamed({ type: "message_stop" }, true);
    vi.advanceTimersByTime(5_000);
    calls.retried(null);
    begin();
    finish();
    expect(states()).toEqual(["incomplete", "incomplete", "complete"]);
  });
});

describe("an answer that was not streamed", () => {
  test("closes the call that waits for it", () => {
    calls.requested();
    calls.answered({ id: "msg_1", model: MODEL, usage: { input_tokens: 5, output_tokens: 6 } });
    expect(rows()).toMatchObject([{ state: "complete", model: MODEL, usage: { inputTokens: 5, outputTokens: 6 } }]);
  });

  test.each([{ model: "<synthetic>", usage: { input_tokens: 5 } }, { model: MODEL }])(
    "that no model gave, or without usage, is none: %j",
    (message) => {
      calls.requested();
      calls.answered(message);
      expect(states()).toEqual(["open"]);
    },
  );
});

describe("the end of a turn", () => {
  test("makes a call that never began a failed one where the endpoint refused it, and an incomplete one otherwise", () => {
    for (const ending of ["refused", "interrupted", "answered"] as const) {
      calls.requested();
      endTurn({}, ending);
    }
    expect(states()).toEqual(["failed", "incomplete", "incomplete"]);
  });

  test("adds nothing when the runtime counted what we saw", () => {
    streamedCall();
    endTurn({ [MODEL]: reported({ inputTokens: 100, outputTokens: 20 }) });
    expect(states()).toEqual(["complete"]);
  });

  test("adds a row for what the runtime counted beyond it", () => {
    streamedCall();
    endTurn({ [MODEL]: reported({ inputTokens: 150, outputTokens: 25 }), haiku: reported({ inputTokens: 9 }) });
    expect(rows().slice(1)).toEqual([
      { ordinal: 2, state: "reconciled", model: MODEL, usage: { ...NO_USAGE, inputTokens: 50, outputTokens: 5 } },
      { ordinal: 3, state: "reconciled", model: "haiku", usage: { ...NO_USAGE, inputTokens: 9 } },
    ]);
  });

  test("compares sums where the endpoint answers under another name", () => {
    streamedCall();
    endTurn({ sonnet: reported({ inputTokens: 100, outputTokens: 20 }) });
    expect(states()).toEqual(["complete"]);
    streamedCall();
    endTurn({ sonnet: reported({ inputTokens: 130, outputTokens: 20 }) });
    expect(rows().at(-1)).toMatchObject({ state: "reconciled", model: "sonnet", usage: { inputTokens: 30 } });
  });

  test("believes no figures of an interrupted turn", () => {
    calls.requested();
    begin();
    endTurn({ [MODEL]: reported({ inputTokens: 9_999, outputTokens: 9_999 }) }, "interrupted");
    expect(states()).toEqual(["incomplete"]);
  });

  test("takes output without any prompt for a guess", () => {
    calls.requested();
    begin();
    calls.streamed({ type: "message_stop" }, false);
    endTurn({ [MODEL]: reported({ inputTokens: 100, outputTokens: 7 }) });
    expect(states()).toEqual(["incomplete"]);
  });

  test("compares each turn with its own calls when the runtime gives running totals", () => {
    streamedCall();
    endTurn(undefined, "answered", { [MODEL]: reported({ inputTokens: 100, outputTokens: 20 }) });
    streamedCall();
    endTurn(undefined, "answered", { [MODEL]: reported({ inputTokens: 200, outputTokens: 40 }) });
    expect(states()).toEqual(["complete", "complete"]);
    streamedCall();
    endTurn(undefined, "answered", { [MODEL]: reported({ inputTokens: 340, outputTokens: 60 }) });
    expect(rows().at(-1)).toMatchObject({ state: "reconciled", usage: { ...NO_USAGE, inputTokens: 40 } });
  });

  test("without any call is no call", () => {
    endTurn({});
    endTurn(undefined, "answered", {});
    expect(events).toEqual([]);
  });
});

test("takes what is no count for nothing said: negative, absurd, words; and reads a count in words as one", () => {
  const odd = { input_tokens: -5, output_tokens: 1e300, cache_read_input_tokens: "1000" } as unknown as ApiUsage;
  calls.requested();
  begin(odd);
  finish({ output_tokens: 10.5 });
  const end = events.find((event) => event.type === "model_call.end");
  expect(end).toMatchObject({ usage: { inputTokens: 0, outputTokens: 11, cacheReadTokens: 1000 } });
});
