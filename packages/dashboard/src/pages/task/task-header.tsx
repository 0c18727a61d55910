import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Census, TaskDetails } from "../../api/types.ts";
import { Cost, Figure, Figures, Gauge, Tokens } from "../../components/figures.tsx";
import { Elapsed, Moment } from "../../components/moment.tsx";
import { TaskStatusBadge } from "../../components/status.tsx";
import { formatUsd } from "../../format/amounts.ts";
import { TASK_LOOKS } from "../../format/statuses.ts";

const LONG_PROMPT_CHARACTERS = 240;

/** The prompt, the status and the figures of a task. */
export function TaskHeader({ task }: { task: TaskDetails }) {
  const main = task.workspaces.find((workspace) => workspace.lane === null);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Prompt text={task.prompt} />
      <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <span className="font-semibold">
          <TaskStatusBadge task={task} />
        </span>
        <span className="text-muted">{TASK_LOOKS[task.status].meaning}</span>
      </p>
      <Figures>
        <Figure name="Cost">
          <Cost of={task} rehearsal={task.rehearsal} />
        </Figure>
        {task.budgetUsd !== null && (
          <Figure name="Budget">
            {task.costUsd === null ? (
              formatUsd(task.budgetUsd)
            ) : (
              <Gauge
                label="Share of the budget"
                percentage={(task.costUsd / task.budgetUsd) * 100}
                text={`${Math.round((task.costUsd / task.budgetUsd) * 100)} % of ${formatUsd(task.budgetUsd)}`}
              />
            )}
          </Figure>
        )}
        <Figure name="Tokens">
          <Tokens of={task} />
        </Figure>
        <Figure name="Time">
          <Elapsed from={task.startedAt} to={task.endedAt} />
        </Figure>
        <Figure name={task.endedAt ? "Ended" : "Created"}>
          <Moment at={task.endedAt ?? task.createdAt} />
        </Figure>
        <Figure name="Model">{task.model}</Figure>
        <Figure name="Type">
          {task.taskType.replaceAll("_", " ")}
          {task.complexity && `, ${task.complexity}`}
        </Figure>
        {task.census && <Figure name="Census">{describeCensus(task.census)}</Figure>}
        <Figure name={main?.branch ? "Branch" : "Directory"}>
          <span className="mono break-all" title={task.workingDirectory}>
            {main?.branch ?? task.workingDirectory}
          </span>
        </Figure>
        <Origin task={task} />
      </Figures>
    </div>
  );
}

function Prompt({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > LONG_PROMPT_CHARACTERS;
  return (
    <div>
      <h1
        className={`max-w-[90ch] whitespace-pre-wrap break-words text-lg font-semibold leading-snug ${isLong && !isOpen ? "line-clamp-3" : ""}`}
      >
        {text}
      </h1>
      {isLong && (
        <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Show less" : "Show the whole prompt"}
        </button>
      )}
    </div>
  );
}

/** The task that this one comes from or waits for. */
function Origin({ task }: { task: TaskDetails }) {
  const origins = [
    { name: "Fork of", taskId: task.forkOf?.taskId, detail: task.forkOf ? ` at ${task.forkOf.stepKey}` : "" },
    { name: "Follow-up of", taskId: task.followUpOf, detail: "" },
    { name: "After", taskId: task.afterTaskId, detail: "" },
  ];
  return origins.map(
    ({ name, taskId, detail }) =>
      taskId && (
        <Figure key={name} name={name}>
          <Link to="/tasks/$taskId" params={{ taskId }} className="link mono">
            {taskId}
          </Link>
          {detail}
        </Figure>
      ),
  );
}

function describeCensus(census: Census): string {
  const parts = [
    `${census.ran} of ${census.planned} steps ran`,
    `${census.succeeded} succeeded`,
    census.failed > 0 ? `${census.failed} failed` : "",
    census.skipped > 0 ? `${census.skipped} skipped` : "",
    census.cancelled > 0 ? `${census.cancelled} cancelled` : "",
    census.reused > 0 ? `${census.reused} reused` : "",
    census.retried > 0 ? `${census.retried} retried` : "",
    census.rounds > 0 ? `${census.rounds} further ${census.rounds === 1 ? "round" : "rounds"}` : "",
  ];
  return parts.filter(Boolean).join(", ");
}
