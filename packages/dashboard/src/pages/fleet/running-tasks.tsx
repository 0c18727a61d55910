import { Link } from "@tanstack/react-router";
import type { RunningTask } from "../../api/types.ts";
import { Cost, RehearsalNote, Tokens } from "../../components/figures.tsx";
import { Elapsed, TimeLeft } from "../../components/moment.tsx";
import { TaskStatusBadge } from "../../components/status.tsx";
import { StepStrip } from "../../components/step-strip.tsx";
import { formatUsd } from "../../format/amounts.ts";
import { HOLD_WORDS } from "../../format/statuses.ts";

/** Tasks that have not ended, with their steps and what they wait for. */
export function RunningTasks({ tasks }: { tasks: readonly RunningTask[] }) {
  return (
    <ul className="flex flex-col gap-2.5">
      {tasks.map((task) => (
        <li key={task.taskId} className="panel flex flex-col gap-2 px-4 py-3">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
            <Link
              to="/tasks/$taskId"
              params={{ taskId: task.taskId }}
              data-item
              className="line-clamp-2 min-w-0 flex-1 basis-64 font-semibold hover:underline"
            >
              {task.prompt}
            </Link>
            <TaskStatusBadge task={task} />
          </div>
          <StepStrip taskId={task.taskId} steps={task.steps} />
          <Waits task={task} />
          <p className="flex flex-wrap gap-x-4 gap-y-0.5 text-muted">
            <Elapsed from={task.startedAt} to={task.endedAt} />
            <span>
              <Cost of={task} rehearsal={task.rehearsal} />
              {task.budgetUsd !== null && ` of ${formatUsd(task.budgetUsd)}`}
            </span>
            <span>
              <Tokens of={task} /> tokens
            </span>
            <span>{task.model}</span>
            <span className="min-w-0 truncate" title={task.workingDirectory}>
              {task.workingDirectory}
            </span>
          </p>
          {task.rehearsal && <RehearsalNote className="text-xs" />}
        </li>
      ))}
    </ul>
  );
}

/** What keeps a task, in words: a person, a limit of the account, or the slots of the fleet. */
function Waits({ task }: { task: RunningTask }) {
  const waiting = task.steps.filter((step) => step.status === "waiting" && step.reason);
  if (!task.attention && !task.held && waiting.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 border-l-2 border-warn pl-3">
      {task.attention && (
        <li className="text-warn">
          Waits for you: {task.attention.reason} <span className="text-text">{task.attention.hint}</span>
        </li>
      )}
      {task.held && (
        <li className="text-warn">
          Waits for {HOLD_WORDS[task.held.cause]}: <TimeLeft until={task.held.until} />
        </li>
      )}
      {waiting.map((step) => (
        <li key={step.stepKey}>
          <span className="text-warn">{step.stepKey} waits</span> {step.reason}
        </li>
      ))}
    </ul>
  );
}
