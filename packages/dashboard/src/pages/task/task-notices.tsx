import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TaskDetails } from "../../api/types.ts";
import { RehearsalNote } from "../../components/figures.tsx";
import { Moment, TimeLeft } from "../../components/moment.tsx";
import { HOLD_WORDS } from "../../format/statuses.ts";

const TONES = {
  warn: "border-warn bg-warn-ground",
  bad: "border-bad bg-bad-ground",
  good: "border-good bg-good-ground",
  still: "border-line bg-surface",
} as const;

function Notice({ tone, children }: { tone: keyof typeof TONES; children: ReactNode }) {
  return <div className={`max-w-[110ch] break-words rounded-[6px] border px-4 py-2.5 ${TONES[tone]}`}>{children}</div>;
}

/** What a reader should know before anything else: why it failed or waits, what it was warned of, what became of it. */
export function TaskNotices({ task }: { task: TaskDetails }) {
  return (
    <>
      {task.rehearsal && <RehearsalNote />}
      {task.attention && (
        <Notice tone="warn">
          <p className="font-semibold">{task.attention.reason}</p>
          <p>{task.attention.hint}</p>
        </Notice>
      )}
      {task.held && (
        <Notice tone="warn">
          <p className="font-semibold">
            It waits for {HOLD_WORDS[task.held.cause]}: <TimeLeft until={task.held.until} />
          </p>
          <p>{task.held.reason} It goes on by itself.</p>
        </Notice>
      )}
      <Failure task={task} />
      {task.applied && (
        <Notice tone="good">
          Its result came into your checkout <Moment at={task.applied.time} />, by {task.applied.mode}
          {task.applied.commit && (
            <>
              , as <span className="mono">{task.applied.commit.slice(0, 10)}</span>
            </>
          )}
          .
        </Notice>
      )}
      {task.undoneAt && (
        <Notice tone="still">
          What it changed was put back <Moment at={task.undoneAt} />.
        </Notice>
      )}
      {task.fallbackReason && <Notice tone="still">The template was taken for its plan: {task.fallbackReason}</Notice>}
      {task.warnings.length > 0 && (
        <Notice tone="warn">
          <ul className="flex flex-col gap-1">
            {task.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

function Failure({ task }: { task: TaskDetails }) {
  if (!task.error) return null;
  const { digest } = task;
  const cause = digest?.cause ?? task.error;
  return (
    <Notice tone="bad">
      <p className="font-semibold">
        {digest?.stepKey && `${digest.stepKey}: `}
        {cause.message}
      </p>
      {cause.hint && <p>{cause.hint}</p>}
      {digest?.lastTool && (
        <p>
          Its last tool call: <span className="mono">{`${digest.lastTool.name} ${digest.lastTool.input}`}</span>
        </p>
      )}
      {digest?.logLine && (
        <p>
          The last it said: <span className="mono">{digest.logLine}</span>
        </p>
      )}
      {digest?.agentId && (
        <Link to="/agents/$agentId" params={{ agentId: digest.agentId }} className="link">
          See the agent that worked on it last
        </Link>
      )}
    </Notice>
  );
}
