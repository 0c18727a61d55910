import type { RuntimeEvent, TurnResult } from "./runtime.js";

type Redact = (text: string) => string;

/**
 * Takes secrets out of what a session reports, before anybody records or shows it: a command such as `env` prints the
 * key that the session itself needs.
 */
export function eventWithoutSecrets(event: RuntimeEvent, redact: Redact): RuntimeEvent {
  switch (event.type) {
    case "text.end":
    case "thinking.end":
      return { ...event, text: redact(event.text) };
    case "tool.start":
      return { ...event, input: valueWithoutSecrets(event.input, redact) };
    case "tool.end":
      return { ...event, result: redact(event.result) };
    case "permission.decided":
      return { ...event, decision: { ...event.decision, reason: redact(event.decision.reason) } };
    case "model_call.retry":
      return { ...event, error: redact(event.error) };
    default:
      return event;
  }
}

/** The same for how a turn ended. */
export function resultWithoutSecrets(result: TurnResult, redact: Redact): TurnResult {
  const text = redact(result.text);
  if (result.ok) return { ...result, text, structuredOutput: valueWithoutSecrets(result.structuredOutput, redact) };
  return { ...result, text, error: { ...result.error, message: redact(result.error.message) } };
}

/** Names of fields stay: they are a schema's. */
function valueWithoutSecrets(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((each) => valueWithoutSecrets(each, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, valueWithoutSecrets(each, redact)]));
}
