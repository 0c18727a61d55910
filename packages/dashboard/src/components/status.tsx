import type { AgentStatus, TaskStatus } from "../api/types.ts";
import { AGENT_LOOKS, type lookOfStep, type Shape, TASK_LOOKS, type Tone } from "../format/statuses.ts";

const TONE_TEXT: Record<Tone, string> = {
  still: "text-muted",
  active: "text-accent",
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
};

const PATHS: Record<Shape, React.ReactNode> = {
  ring: <circle cx="7" cy="7" r="5" />,
  arc: (
    <>
      <circle cx="7" cy="7" r="5" opacity="0.3" />
      <path d="M7 2a5 5 0 0 1 5 5" className="origin-center animate-spin" style={{ animationDuration: "1.6s" }} />
    </>
  ),
  pause: <path d="M5 3v8M9 3v8" />,
  hourglass: <path d="M3.5 2h7M3.5 12h7M4 2c0 3 6 7 6 10M10 2c0 3-6 7-6 10" />,
  alert: <path d="M7 1.8 12.6 12H1.4ZM7 5.6v3M7 10.3v.1" />,
  check: <path d="m2.5 7.5 3 3 6-7" />,
  half: (
    <>
      <circle cx="7" cy="7" r="5" />
      <path d="M7 2a5 5 0 0 1 0 10Z" fill="currentColor" />
    </>
  ),
  cross: <path d="m3 3 8 8M11 3l-8 8" />,
  slash: (
    <>
      <circle cx="7" cy="7" r="5" />
      <path d="m3.6 10.4 6.8-6.8" />
    </>
  ),
  skip: <path d="M2.5 7h6M6 4l3 3-3 3M11.5 3v8" />,
  dot: <circle cx="7" cy="7" r="2.5" fill="currentColor" />,
};

/** The shape of a status; beside its word it says nothing more, so it is hidden from readers of the screen. */
export function StatusMark({ shape, tone, className = "" }: { shape: Shape; tone: Tone; className?: string }) {
  return (
    <svg
      viewBox="0 0 14 14"
      className={`inline-block size-3.5 shrink-0 ${TONE_TEXT[tone]} ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {PATHS[shape]}
    </svg>
  );
}

/** A status as shape and word; its meaning is the title. */
export function Status({ look }: { look: ReturnType<typeof lookOfStep> }) {
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${TONE_TEXT[look.tone]}`} title={look.meaning}>
      <StatusMark shape={look.shape} tone={look.tone} />
      {look.word}
    </span>
  );
}

/** The status of a task; one whose process is gone says so. */
export function TaskStatusBadge({ task }: { task: { status: TaskStatus; ownerAlive: boolean } }) {
  const isAbandoned = task.status === "running" && !task.ownerAlive;
  return (
    <span className="inline-flex items-center gap-1.5">
      <Status look={TASK_LOOKS[task.status]} />
      {isAbandoned && (
        <span className="text-warn" title="No living process runs it. Resume goes on with it.">
          (process gone)
        </span>
      )}
    </span>
  );
}

export function AgentStatusBadge({ status }: { status: AgentStatus }) {
  return <Status look={AGENT_LOOKS[status]} />;
}
