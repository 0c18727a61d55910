import type { Estimate, Forecast } from "@claude-orchestrator/core";
import { countOf, formatCost, formatCount, formatDuration } from "./format.js";

/** What is known of a task before it runs, in one line. */
export function renderEstimate({ taskType, complexity, agents, forecast }: Estimate): string {
  return `${taskType}, ${complexity}, ${countOf(agents, "agent")}: ${forecast ? renderForecast(forecast) : "no history in this repository yet"}`;
}

/** The figures of the past, with what they rest on. */
export function renderForecast({ runs, tokens, costUsd, durationMs, rolesWithoutHistory }: Forecast): string {
  const range = ({ low, high }: { low: number; high: number }, format: (value: number) => string) =>
    format(low) === format(high) ? format(low) : `${format(low)}–${format(high)}`;
  const parts = [`${range(tokens, formatCount)} tokens`];
  parts.push(costUsd ? range(costUsd, formatCost) : "cost unknown");
  parts.push(range(durationMs, formatDuration));
  const without = rolesWithoutHistory.length > 0 ? `; without ${rolesWithoutHistory.join(", ")}, never run here` : "";
  return `${parts.join(", ")} (from ${countOf(runs, "task")} here${without})`;
}
