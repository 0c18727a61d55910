import type { ReactNode } from "react";
import { toProblem } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { StatusMark } from "./status.tsx";

/** That there is nothing yet, and what to do about it. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="panel flex flex-col items-start gap-2 border-dashed px-5 py-6">
      <p className="font-semibold">{title}</p>
      {children && <div className="max-w-prose text-muted">{children}</div>}
    </div>
  );
}

/** What went wrong, and what to do. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const problem = toProblem(error);
  return (
    <div role="alert" className="panel flex flex-col items-start gap-2 border-bad px-5 py-4">
      <p className="flex items-start gap-2 font-semibold">
        <StatusMark shape="alert" tone="bad" className="mt-0.5" />
        <span className="min-w-0 break-words">{problem.message}</span>
      </p>
      {problem.hint && <p className="max-w-prose break-words text-muted">{problem.hint}</p>}
      <p className="label">{problem.code}</p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** Something loads; told to readers of the screen, shown after a moment so that quick answers do not flicker. */
export function Loading({ what }: { what: string }) {
  return (
    <p role="status" className="appears-late px-1 py-4 text-muted">
      {`Loading ${what} …`}
    </p>
  );
}
