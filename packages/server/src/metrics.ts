import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Context } from "./context.js";

/** Figures for Prometheus. */
export interface Metrics {
  contentType: string;
  render(): Promise<string>;
  close(): void;
}

const PREFIX = "orchestrator_";
/** From a rehearsal to an afternoon. */
const DURATION_BUCKETS_SECONDS = [1, 5, 15, 60, 300, 900, 1_800, 3_600, 7_200];
const SECONDS = 1_000;

/**
 * Makes the figures of a server. What is in the store is read when it is asked for; what comes by is counted as it comes.
 *
 * @param context - the parts of the server
 */
export function createMetrics(context: Context): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const name = (rest: string) => `${PREFIX}${rest}`;
  collectDefaultMetrics({ register: registry, prefix: PREFIX });

  const agents = new Gauge({ name: name("agents"), help: "Agents by status.", labelNames: ["status"], registers });
  const living = new Gauge({
    name: name("agents_living"),
    help: "Agents that are not deleted, by role.",
    labelNames: ["role"],
    registers,
  });
  const tasks = new Gauge({ name: name("tasks"), help: "Tasks by status.", labelNames: ["status"], registers });
  const steps = new Gauge({
    name: name("steps_open"),
    help: "Steps of open tasks that run or wait for a slot.",
    labelNames: ["status"],
    registers,
  });
  const tokens = new Gauge({
    name: name("tokens_used"),
    help: "Tokens of all tasks, rehearsals left out.",
    labelNames: ["kind"],
    registers,
  });
  const cost = new Gauge({ name: name("cost_usd"), help: "US dollars over calls with a known price.", registers });
  const lag = new Gauge({
    name: name("event_lag_seconds"),
    help: "From the recording of the newest event until this server saw it.",
    registers,
  });
  const events = new Counter({ name: name("events_total"), help: "Events seen.", labelNames: ["type"], registers });
  const duration = new Histogram({
    name: name("task_duration_seconds"),
    help: "Tasks that ended while this server ran.",
    labelNames: ["task_type", "status"],
    buckets: DURATION_BUCKETS_SECONDS,
    registers,
  });

  const stopListening = context.onEvent((event) => {
    events.inc({ type: event.type });
    lag.set(Math.max(0, (Date.now() - Date.parse(event.time)) / SECONDS));
    if (event.type !== "task.ended" || event.taskId === null) return;
    const { status } = event.data;
    context.orchestrator.getTaskDetails(event.taskId).then(
      ({ taskType, startedAt, createdAt }) =>
        duration.observe(
          { task_type: taskType, status },
          Math.max(0, (Date.parse(event.time) - Date.parse(startedAt ?? createdAt)) / SECONDS),
        ),
      // It was deleted at once.
      (error) => context.trouble("a task could not be measured", error),
    );
  });

  async function measure(): Promise<void> {
    const status = await context.orchestrator.getStatus();
    set(agents, "status", status.agents.byStatus);
    set(tasks, "status", status.tasks.byStatus);
    set(living, "role", countBy(await context.orchestrator.listAgents({ isDeleted: false }), "role"));
    const open = status.running.flatMap((task) => task.steps);
    set(steps, "status", countBy(open.filter(isAtWork), "status"));
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, costUsd } = status.totals;
    const kinds = {
      input: inputTokens,
      output: outputTokens,
      cache_read: cacheReadTokens,
      cache_write: cacheWriteTokens,
    };
    set(tokens, "kind", kinds);
    cost.set(costUsd ?? Number.NaN);
  }

  return {
    contentType: registry.contentType,
    async render() {
      await measure();
      return registry.metrics();
    },
    close: stopListening,
  };
}

function isAtWork({ status }: { status: string }): boolean {
  return status === "running" || status === "waiting";
}

function set<T extends string>(gauge: Gauge<T>, label: T, values: Partial<Record<string, number>>): void {
  gauge.reset();
  for (const [key, value] of Object.entries(values)) gauge.set({ [label]: key } as Record<T, string>, value ?? 0);
}

function countBy<K extends string>(records: readonly Record<K, string>[], key: K): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const record of records) counts[record[key]] = (counts[record[key]] ?? 0) + 1;
  return counts;
}
