import { Link } from "@tanstack/react-router";
import type { StepItem } from "../api/types.ts";
import { lookOfStep } from "../format/statuses.ts";
import { StatusMark } from "./status.tsx";

const GROUNDS = {
  still: "border-line text-muted",
  active: "border-accent bg-accent-ground",
  good: "border-line",
  warn: "border-warn bg-warn-ground",
  bad: "border-bad bg-bad-ground",
} as const;

/** The steps of a task in a row, each with its status, each a way to its details. */
export function StepStrip({ taskId, steps }: { taskId: string; steps: readonly StepItem[] }) {
  return (
    <ol className="flex flex-wrap gap-1" aria-label="Steps">
      {steps.map((step) => {
        const look = lookOfStep(step);
        const reason = step.reason ? `\n${step.reason}` : "";
        return (
          <li key={step.stepKey}>
            <Link
              to="/tasks/$taskId"
              params={{ taskId }}
              search={{ step: step.stepKey }}
              title={`${step.stepKey}: ${look.word}${reason}`}
              className={`flex items-center gap-1 rounded-sm border px-1.5 py-0.5 text-xs ${GROUNDS[look.tone]}`}
            >
              <StatusMark shape={look.shape} tone={look.tone} className="!size-3" />
              {step.stepKey}
              <span className="sr-only">: {look.word}</span>
              {step.attempt > 1 && <span className="text-warn">×{step.attempt}</span>}
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
