import type { ReactNode } from "react";
import type { Estimate } from "../../api/catalogue.ts";
import { Figure, Figures } from "../../components/figures.tsx";
import { Section } from "../../components/page.tsx";
import { StatusMark } from "../../components/status.tsx";
import { StepGraph } from "../../components/step-graph.tsx";
import { countOf, formatShort, formatUsd } from "../../format/amounts.ts";
import { formatDuration } from "../../format/moments.ts";
import { toWords } from "../../format/task-types.ts";
import { type Draft, withOwnDependencies } from "./draft.ts";

/** What the draft comes to: its type, its steps, what they will probably use, and what will prove the work. */
export function EstimatePanel({ estimate, draft, isStale }: { estimate: Estimate; draft: Draft; isStale: boolean }) {
  const steps = withOwnDependencies(estimate.steps, draft);
  return (
    <div className={`flex flex-col gap-4 ${isStale ? "opacity-60" : ""}`} aria-busy={isStale}>
      <Section title="What it comes to">
        <Figures>
          <Figure name="Task type">
            {toWords(estimate.taskType)}
            {draft.shape === "type" && draft.taskType === "auto" && <span className="label"> found</span>}
          </Figure>
          <Figure name="Complexity">{estimate.complexity}</Figure>
          <Figure name="Agents">{estimate.agents}</Figure>
          <Figure name="Works in">
            {estimate.workspaceKind === "worktree" ? "a worktree" : "the directory itself"}
          </Figure>
        </Figures>
        <ul className="label mt-2 list-disc pl-4" aria-label="Reasons">
          {estimate.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      </Section>
      <Section title="Preview" aside={countOf(steps.length, "step")}>
        <StepGraph steps={steps} />
        {draft.shape === "type" && draft.plan === "ai" && (
          <p className="label mt-1">An agent plans first: its plan takes the place of this one where it can be used.</p>
        )}
      </Section>
      <Section title="Estimate">
        <ForecastFigures forecast={estimate.forecast} />
      </Section>
      <Section title="Proof">
        <Proof checks={estimate.checks} requireChecks={draft.requireChecks} taskType={estimate.taskType} />
      </Section>
    </div>
  );
}

function ForecastFigures({ forecast }: { forecast: Estimate["forecast"] }) {
  if (forecast === null)
    return <p className="text-muted">Nothing like it has run here yet: its cost and time are not known.</p>;
  const { costUsd, tokens, durationMs, runs, rolesWithoutHistory } = forecast;
  return (
    <>
      <Figures>
        <Figure name="Cost">{costUsd === null ? "unknown" : toRange(costUsd, formatUsd)}</Figure>
        <Figure name="Tokens">{toRange(tokens, (value) => formatShort(Math.round(value)))}</Figure>
        <Figure name="Time">{toRange(durationMs, formatDuration)}</Figure>
      </Figures>
      <p className="label mt-1">
        By what the same roles have used in {countOf(runs, "task")} here.
        {rolesWithoutHistory.length > 0 &&
          ` Left out, as they have no history here: ${rolesWithoutHistory.join(", ")}.`}
      </p>
    </>
  );
}

function toRange({ low, high }: { low: number; high: number }, format: (value: number) => string): ReactNode {
  const [least, most] = [format(low), format(high)];
  return least === most ? least : `${least} to ${most}`;
}

function Proof({
  checks,
  requireChecks,
  taskType,
}: {
  checks: Estimate["checks"];
  requireChecks: boolean;
  taskType: Estimate["taskType"];
}) {
  if (checks.length === 0)
    return (
      <p className="flex items-start gap-2">
        <StatusMark shape="half" tone="warn" className="mt-0.5" />
        <span>
          {taskType === "code_review"
            ? "No check was found here. A code review needs none."
            : requireChecks
              ? "No check was found here, and one is required: as it stands the task can only fail."
              : "No check was found here: the task can only end unverified."}{" "}
          <span className="text-muted">
            Name the commands under <code className="mono">checks:</code> in{" "}
            <code className="mono">.orchestrator/config.yaml</code>.
          </span>
        </span>
      </p>
    );
  return (
    <ul className="flex flex-col gap-1">
      {checks.map((check) => (
        <li key={`${check.name} ${check.directory}`} className="flex items-start gap-2">
          <StatusMark shape="check" tone="good" className="mt-0.5" />
          <span className="min-w-0">
            <code className="mono break-all">{check.command}</code>{" "}
            <span className="label">
              {[check.directory && `in ${check.directory}`, `from ${check.source}`].filter(Boolean).join(", ")}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
