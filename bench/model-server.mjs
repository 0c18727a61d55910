/** The scripted model, in a process of its own so that it does not share the event loop with what is measured. */
import { reply, sampleFromSchema, script, startRehearsalServer } from "@claude-orchestrator/rehearsal";

/** `turns` answers per conversation: calls of the cheapest tools, then the handoff. */
const { latencyMs, turns, file, newFile, summaryCharacters } = JSON.parse(process.argv[2] ?? "{}");
const read = reply().tool("Read", { file_path: file }).delay(latencyMs);
const handoffs = new Map();
/** What only the first call of a conversation is asked about, by the call's number. */
const firsts = new Map();

function answer(call) {
  if (call.turn < turns - 1) {
    const writes = newFile && call.turn === 0 && call.toolNames.includes("Write");
    if (!writes) return read;
    const path = `${newFile}-${call.index}.txt`;
    return reply().tool("Write", { file_path: path, content: "A new file.\n" }).delay(latencyMs);
  }
  if (!call.handoffSchema) return reply().text("Done.").delay(latencyMs);
  const known = handoffs.get(call.role) ?? reply().handoff(handoffFor(call.handoffSchema)).delay(latencyMs);
  handoffs.set(call.role, known);
  return known;
}

function handoffFor(schema) {
  const sample = sampleFromSchema(schema);
  return summaryCharacters ? { ...sample, summary: "A finding. ".repeat(summaryCharacters / 11) } : sample;
}

const server = await startRehearsalServer({
  script: script().otherwise((call) => {
    const { userText, handoffSchema } = call;
    if (call.turn === 0) firsts.set(call.index, { userText, handoffSchema });
    return answer(call);
  }),
});

function describe(call) {
  const { index, role, turn, sessionId, startedAtMs, endedAtMs, requestBytes, outcome, model } = call;
  return { index, role, turn, sessionId, startedAtMs, endedAtMs, requestBytes, outcome, model, ...firsts.get(index) };
}

process.on("message", ({ id, since }) => {
  const { user, system } = process.cpuUsage();
  process.send?.({ id, calls: server.calls.slice(since).map(describe), cpuMs: (user + system) / 1_000 });
});
process.on("disconnect", () => process.exit());
process.send?.({ url: server.url });
