/**
 * A Messages API on loopback whose model is a script: try agents at no cost.
 *
 * @packageDocumentation
 */
export type { CallContext } from "./call-context.js";
export type { ToolResult } from "./conversation.js";
export {
  cut,
  errorEvent,
  type HttpErrorDetails,
  hang,
  httpError,
  malformedEvent,
  resetConnection,
  stall,
} from "./failures.js";
export type { CutPoint } from "./fault.js";
export { lookAround } from "./look-around.js";
export type { ContentBlock, MessagesRequest, OfferedTool, RequestMessage } from "./messages-request.js";
export type { RecordedCall } from "./recorded-call.js";
export { type RehearsalOptions, type RehearsalServer, startRehearsalServer } from "./rehearsal-server.js";
export { type Reply, reply, type StopReason } from "./reply.js";
export { sampleFromSchema } from "./sample-from-schema.js";
export { type RoleOf, type Script, type Step, type Steps, script } from "./script.js";
export type { Usage, UsageTotals } from "./usage.js";
