/** The least that sends texts to clients: a WebSocket server that reads nothing and keeps nothing. */
import { WebSocketServer } from "ws";

const TICK_MS = 10;
const [countText, rateText] = process.argv.slice(2);
const count = Number(countText);
const perTick = (Number(rateText) * TICK_MS) / 1_000;
const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
server.on("listening", () => console.log(server.address().port));
process.stdin.once("data", () => {
  const startMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(count, Math.floor(((performance.now() - startMs) / TICK_MS + 1) * perTick));
    const events = [];
    for (; sent < due; sent += 1) {
      const data = { text: `Line ${sent}: ${"what an agent says. ".repeat(10)}` };
      const about = { time: new Date().toISOString(), version: 4, type: "agent.output", taskId: null, stepKey: null };
      events.push(JSON.stringify({ seq: sent + 2, ...about, agentId: "agent_bench", data }));
    }
    const message = `{"type":"events","events":[${events.join(",")}]}`;
    if (events.length > 0) for (const client of server.clients) client.send(message);
    if (sent === count) clearInterval(timer);
  }, TICK_MS);
});
