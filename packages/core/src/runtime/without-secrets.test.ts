import { describe, expect, test } from "vitest";
import type { RuntimeEvent, TurnResult } from "./runtime.js";
import { eventWithoutSecrets, resultWithoutSecrets } from "./without-secrets.js";

const redact = (text: string) => text.replaceAll("hunter22", "[redacted]");
const tool = { toolUseId: "t", tool: "Bash" };

describe("what a session reports", () => {
  test.each<[RuntimeEvent["type"], RuntimeEvent]>([
    ["text.end", { type: "text.end", text: "it is hunter22" }],
    ["thinking.end", { type: "thinking.end", text: "it is hunter22" }],
    ["tool.start", { type: "tool.start", ...tool, input: { command: "login hunter22", more: [{ deep: "hunter22" }] } }],
    ["tool.end", { type: "tool.end", ...tool, isError: false, result: "KEY=hunter22", filesRead: [] }],
    [
      "permission.decided",
      { type: "permission.decided", ...tool, decision: { decision: "deny", reason: "hunter22 is not allowed" } },
    ],
    [
      "model_call.retry",
      { type: "model_call.retry", attempt: 1, maxRetries: 1, delayMs: 1, status: 401, error: "bad key hunter22" },
    ],
  ])("has no secret in %s", (_, event) => {
    const text = JSON.stringify(event);
    expect(JSON.stringify(eventWithoutSecrets(event, redact))).toBe(text.replaceAll("hunter22", "[redacted]"));
  });

  test("keeps numbers, nothing, and the names of fields as they are", () => {
    const input = { hunter22: 1, flag: true, none: null, list: [] };
    expect(eventWithoutSecrets({ type: "tool.start", ...tool, input }, redact)).toMatchObject({ input });
  });
});

test.each<TurnResult>([
  { ok: true, text: "it is hunter22", structuredOutput: { summary: "it is hunter22", findings: ["hunter22"] } },
  { ok: true, text: "", structuredOutput: undefined },
  { ok: false, text: "hunter22", error: { code: "step_failed", message: "bad key hunter22", hint: "" } },
])("how a turn ended has none either: %j", (result) => {
  expect(JSON.stringify(resultWithoutSecrets(result, redact))).not.toContain("hunter22");
});
