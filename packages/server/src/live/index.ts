/** What happens, to whoever looks at it live: one reader of the log for all, WebSocket and server-sent events. */
export { type DraftBoard, openDraftBoard } from "./draft-board.js";
export { readFleet } from "./fleet.js";
export { type Hub, openHub } from "./hub.js";
export { streamEvents } from "./server-sent-events.js";
export { streamTo } from "./websocket.js";
