import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { taskQuery } from "../../api/queries.ts";
import { buttonClass } from "../../components/button.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { useRemoval } from "../../live/live.tsx";
import { TaskView } from "./task-view.tsx";

const route = getRouteApi("/tasks/$taskId");

/** One task, by the id in the address. */
export function TaskPage() {
  const { taskId } = route.useParams();
  return <WatchedTask key={taskId} taskId={taskId} />;
}

function WatchedTask({ taskId }: { taskId: string }) {
  const [isDeleted, setDeleted] = useState(false);
  const task = useQuery({ ...taskQuery(taskId), enabled: !isDeleted });
  useRemoval("task", taskId, () => setDeleted(true));

  if (isDeleted)
    return (
      <Page title="Deleted task">
        <EmptyState title="This task has just been deleted.">
          <p>Its events, logs and records are gone. What it cost is still counted.</p>
          <ToHistory />
        </EmptyState>
      </Page>
    );
  if (task.data) return <TaskView task={task.data} />;
  return (
    <Page title="Task">
      {task.isError ? (
        <>
          <ErrorState error={task.error} onRetry={() => void task.refetch()} />
          <ToHistory />
        </>
      ) : (
        <Loading what="the task" />
      )}
    </Page>
  );
}

function ToHistory() {
  return (
    <Link to="/history" className={`${buttonClass()} mt-3`}>
      Go to the history
    </Link>
  );
}
