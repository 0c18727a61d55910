import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answeredText, api } from "../../api/client.ts";
import type { CheckRecord } from "../../api/types.ts";
import { AnsiText } from "../../components/ansi-text.tsx";
import { ScrollPane } from "../../components/scroll-pane.tsx";
import { ErrorState, Loading } from "../../components/states.tsx";
import { StatusMark } from "../../components/status.tsx";
import { formatBytes } from "../../format/amounts.ts";
import { formatDuration } from "../../format/moments.ts";

/** More would hold up the page; the end of a log says most. */
const SHOWN_CHARACTERS = 200_000;

const OUTCOMES = {
  passed: "passed",
  failed: "failed",
  timed_out: "timed out",
  not_found: "there is no such command",
} as const;

/** The runs of checks, each with its evidence. */
export function Checks({
  taskId,
  checks,
}: {
  taskId: string;
  checks: readonly { check: CheckRecord; position: number }[];
}) {
  return (
    <ul className="flex flex-col gap-2">
      {checks.map(({ check, position }) => (
        <Check key={position} taskId={taskId} check={check} position={position} />
      ))}
    </ul>
  );
}

function Check({ taskId, check, position }: { taskId: string; check: CheckRecord; position: number }) {
  const [isOpen, setOpen] = useState(false);
  const { counts } = check;
  const facts = [
    OUTCOMES[check.outcome],
    check.exitCode === null ? "" : `exit code ${check.exitCode}`,
    counts ? `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped` : "",
    formatDuration(check.durationMs),
  ];
  return (
    <li className="flex min-w-0 flex-col gap-1 border-l-2 border-line pl-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <StatusMark shape={check.passed ? "check" : "cross"} tone={check.passed ? "good" : "bad"} />
        <span className="font-semibold">{check.name}</span>
        <code className="mono min-w-0 break-all">{check.command}</code>
        <span className="text-muted">{facts.filter(Boolean).join(" · ")}</span>
      </div>
      {check.reason && <p className="break-words">{check.reason}</p>}
      {check.failedTests.length > 0 && (
        <ul className="mono list-disc pl-5 text-bad">
          {check.failedTests.slice(0, 20).map((test) => (
            <li key={test} className="break-words">
              {test}
            </li>
          ))}
          {check.failedTests.length > 20 && <li>{check.failedTests.length - 20} more</li>}
        </ul>
      )}
      <button type="button" className="link self-start" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? "Hide the log" : `Show the log (${formatBytes(check.outputBytes)})`}
      </button>
      {isOpen && <CheckLog taskId={taskId} position={position} name={check.name} />}
    </li>
  );
}

function CheckLog({ taskId, position, name }: { taskId: string; position: number; name: string }) {
  const log = useQuery({
    queryKey: ["check-log", taskId, position],
    queryFn: ({ signal }) => {
      const params = { path: { taskId, position } };
      return answeredText(api.GET("/api/v1/tasks/{taskId}/checks/{position}/log", { params, parseAs: "text", signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (log.isError) return <ErrorState error={log.error} onRetry={() => void log.refetch()} />;
  if (!log.data) return <Loading what="the log" />;
  const { text } = log.data;
  const isCut = text.length > SHOWN_CHARACTERS;
  return (
    <>
      {isCut && <p className="label">Only the end is shown; the whole log is on the disk of the server.</p>}
      <ScrollPane label={`Log of ${name}`}>
        <AnsiText text={isCut ? text.slice(-SHOWN_CHARACTERS) : text} />
      </ScrollPane>
    </>
  );
}
