import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { diffQuery } from "../../api/queries.ts";
import { Button } from "../../components/button.tsx";
import { ErrorState, Loading } from "../../components/states.tsx";

const DiffView = lazy(async () => ({ default: (await import("./diff-view.tsx")).DiffView }));

/** What was changed, line by line; loaded when it is asked for. */
export function DiffPanel({ taskId, stepKey }: { taskId: string; stepKey?: string }) {
  const [isOpen, setOpen] = useState(false);
  const diff = useQuery({ ...diffQuery(taskId, stepKey), enabled: isOpen });
  if (!isOpen) return <Button onClick={() => setOpen(true)}>Show the diff</Button>;
  if (diff.isError) return <ErrorState error={diff.error} onRetry={() => void diff.refetch()} />;
  if (!diff.data) return <Loading what="the diff" />;
  if (diff.data.patch === "") return <p className="text-muted">Nothing was changed.</p>;
  return (
    <Suspense fallback={<Loading what="the diff" />}>
      <DiffView patch={diff.data.patch} />
    </Suspense>
  );
}
