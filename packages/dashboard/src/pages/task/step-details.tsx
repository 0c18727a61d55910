import { useState } from "react";
import type { StepRecord, TaskDetails } from "../../api/types.ts";
import { useMay } from "../../app/session.tsx";
import { AgentName } from "../../components/agent-name.tsx";
import { Button } from "../../components/button.tsx";
import { Cost, Figure, Figures, RehearsalNote, Tokens } from "../../components/figures.tsx";
import { Markdown } from "../../components/markdown.tsx";
import { Elapsed, Moment } from "../../components/moment.tsx";
import { AgentStatusBadge, Status } from "../../components/status.tsx";
import { isTaskEnded, lookOfStep } from "../../format/statuses.ts";
import { Checks } from "./checks.tsx";
import { DiffPanel } from "./diff-panel.tsx";
import { Handoff } from "./handoff.tsx";
import { ForkDialog, MessageDialog, RetryDialog } from "./step-dialogs.tsx";
import type { StepUsage } from "./steps-usage.ts";

type Open = "retry" | "fork" | "message" | null;

/** One step: its agents, what it was told, what it hands on, and the evidence. */
export function StepDetails({ task, step, usage }: { task: TaskDetails; step: StepRecord; usage: StepUsage }) {
  const [open, setOpen] = useState<Open>(null);
  const mayChange = useMay("operator");
  const close = () => setOpen(null);
  const isEnded = isTaskEnded(task.status);
  const mayRetry = isEnded && (step.status === "failed" || step.status === "cancelled" || step.status === "skipped");
  const living = usage.agents.find((agent) => agent.status === "running" || agent.status === "waiting");
  const checks = task.checks
    .map((check, position) => ({ check, position }))
    .filter(({ check }) => check.stepKey === step.stepKey);

  return (
    <div className="panel flex min-w-0 flex-col gap-3 px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Status look={lookOfStep(step)} />
        {mayChange && (
          <div className="flex flex-wrap gap-2">
            {living && <Button onClick={() => setOpen("message")}>Message</Button>}
            {mayRetry && <Button onClick={() => setOpen("retry")}>Retry</Button>}
            {isEnded && <Button onClick={() => setOpen("fork")}>Fork here</Button>}
          </div>
        )}
      </div>
      {step.reason && <p className="break-words">{step.reason}</p>}
      {step.error && (
        <div className="break-words rounded-[5px] border border-bad bg-bad-ground px-3 py-2">
          <p className="font-semibold">{step.error.message}</p>
          <p>{step.error.hint}</p>
        </div>
      )}
      <Figures>
        <Figure name="Kind">{step.kind === "agent" ? step.role : step.kind}</Figure>
        <Figure name="Time">
          <Elapsed from={step.startedAt} to={step.endedAt} />
        </Figure>
        <Figure name="Started">
          <Moment at={step.startedAt} />
        </Figure>
        {usage.agents.length > 0 && (
          <>
            <Figure name="Cost">
              <Cost of={usage} rehearsal={task.rehearsal} />
            </Figure>
            <Figure name="Tokens">
              <Tokens of={usage} />
            </Figure>
          </>
        )}
        {step.attempt > 1 && <Figure name="Attempts">{step.attempt}</Figure>}
        {step.round > 0 && <Figure name="Round">{step.round + 1}</Figure>}
        {step.dependsOn.length > 0 && <Figure name="After">{step.dependsOn.join(", ")}</Figure>}
        {step.commit && (
          <Figure name="Commit">
            <span className="mono">{step.commit.slice(0, 10)}</span>
          </Figure>
        )}
      </Figures>
      {task.rehearsal && usage.agents.length > 0 && <RehearsalNote className="text-xs" />}
      {usage.agents.length > 0 && (
        <div>
          <h3 className="label">Agents</h3>
          <ul className="flex flex-col">
            {usage.agents.map((agent) => (
              <li key={agent.agentId} className="flex flex-wrap items-center gap-x-4">
                <AgentName agentId={agent.agentId} name={agent.name} />
                <AgentStatusBadge status={agent.status} />
                <span className="text-muted">{agent.model}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {step.instructions && (
        <details>
          <summary className="cursor-pointer text-muted">What it was told</summary>
          <div className="mt-1">
            <Markdown text={step.instructions} />
          </div>
        </details>
      )}
      {step.handoff && (
        <div>
          <h3 className="label mb-1">Handoff</h3>
          <Handoff handoff={step.handoff} />
        </div>
      )}
      {checks.length > 0 && (
        <div>
          <h3 className="label mb-1">Checks</h3>
          <Checks taskId={task.taskId} checks={checks} />
        </div>
      )}
      {step.writes && step.endedAt && (
        <div>
          <h3 className="label mb-1">Diff of this step</h3>
          <DiffPanel taskId={task.taskId} stepKey={step.stepKey} />
        </div>
      )}
      <RetryDialog isOpen={open === "retry"} onClose={close} taskId={task.taskId} stepKey={step.stepKey} />
      <ForkDialog isOpen={open === "fork"} onClose={close} task={task} step={step} />
      {living && <MessageDialog isOpen={open === "message"} onClose={close} agent={living} />}
    </div>
  );
}
