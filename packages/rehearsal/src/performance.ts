import type { CutPoint, Fault } from "./fault.js";
import { type Message, messageBody } from "./message.js";
import { event, eventText, type StreamEvent, streamEvents } from "./stream-events.js";

/** One piece of a body, and what the client knows about the usage once it is written. */
export interface BodyPart {
  readonly text: string;
  readonly carries: "start" | "final" | null;
}

/** How a body ends: properly, by breaking the connection, or never. */
export type Ending = "end" | "break" | "silence";

/** All that is written for one reply. */
export interface Performance {
  readonly contentType: string;
  /** Announced length in bytes; null for a stream. */
  readonly contentLength: number | null;
  readonly parts: readonly BodyPart[];
  readonly ending: Ending;
}

/** A fault that shows in the body: all but those that leave no message at all. */
export type BodyFault = Extract<Fault, { kind: "cut" | "stall" | "malformed" | "error-event" }>;

/** What is written when the client asked for a stream. */
export function streamPerformance(message: Message, fault: BodyFault | null): Performance {
  const events = streamEvents(message);
  const played = fault === null ? events : events.slice(0, eventsBefore(fault, events));
  const parts = played.map((item): BodyPart => ({ text: eventText(item), carries: carriedBy(item) }));
  const closing = closingText(fault);
  if (closing !== null) parts.push({ text: closing, carries: null });
  return { contentType: "text/event-stream; charset=utf-8", contentLength: null, parts, ending: endingOf(fault) };
}

/** What is written when the client asked for one JSON body. */
export function bodyPerformance(message: Message, fault: BodyFault | null): Performance {
  const text = JSON.stringify(messageBody(message));
  const half = text.slice(0, Math.ceil(text.length / 2));
  const sent = fault === null ? text : half;
  // A malformed body is complete by its length; one that breaks off is shorter than announced.
  const announced = fault?.kind === "malformed" ? half : text;
  return {
    contentType: "application/json",
    contentLength: Buffer.byteLength(announced),
    parts: [{ text: sent, carries: fault === null ? "final" : null }],
    ending: endingOf(fault),
  };
}

function endingOf(fault: BodyFault | null): Ending {
  if (fault?.kind === "cut") return "break";
  return fault?.kind === "stall" ? "silence" : "end";
}

function carriedBy(item: StreamEvent): BodyPart["carries"] {
  if (item.name === "message_start") return "start";
  return item.name === "message_delta" ? "final" : null;
}

function eventsBefore(fault: BodyFault, events: readonly StreamEvent[]): number {
  if (fault.kind === "error-event") return 1;
  if (fault.kind === "malformed") return 2;
  return fault.kind === "stall" ? eventsBeforeCut("mid-block", events) : eventsBeforeCut(fault.where, events);
}

function eventsBeforeCut(where: CutPoint, events: readonly StreamEvent[]): number {
  if (where === "before-headers") return 0;
  if (where === "at-start") return 1;
  if (where === "before-stop") return events.findIndex((item) => item.name === "message_delta");
  const deltas = events.findIndex((item) => item.name === "content_block_stop") - 2;
  return 2 + Math.ceil(deltas / 2);
}

function closingText(fault: BodyFault | null): string | null {
  if (fault?.kind === "malformed") return 'event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n';
  if (fault?.kind !== "error-event") return null;
  return eventText(event("error", { error: { type: fault.type, message: fault.message } }));
}
