import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { toProblem } from "../api/problem.ts";
import { taskQuery } from "../api/queries.ts";
import type { OrchestratorEvent, TaskStatus } from "../api/types.ts";
import { showToast } from "../components/toasts.tsx";
import { TASK_LOOKS } from "../format/statuses.ts";
import { useNews } from "../live/live.tsx";
import { usePreferences } from "../preferences/preferences.ts";
import { useSession } from "./session.tsx";

const WAITING: Partial<Record<string, TaskStatus>> = {
  "task.needs_attention": "needs_attention",
  "task.held": "held",
};

/** Tells of tasks that end or wait: in the page, and by the browser where that is wanted. */
export function Announcer() {
  const queryClient = useQueryClient();
  useVersionNotice();
  useNews((news) => {
    if (news.kind !== "events") return;
    for (const event of news.events) {
      const status = statusOf(event);
      if (status && event.taskId) void announce(queryClient, event.taskId, status);
    }
  });
  return null;
}

/** After an update of the server, this page is of yesterday. */
function useVersionNotice(): void {
  const { version } = useSession();
  const [first] = useState(version);
  useEffect(() => {
    if (version === first) return;
    showToast({
      tone: "warn",
      title: `The server is version ${version} now`,
      text: (
        <button type="button" className="link" onClick={() => location.reload()}>
          Load the page again
        </button>
      ),
    });
  }, [version, first]);
}

function statusOf(event: OrchestratorEvent): TaskStatus | undefined {
  if (event.type === "task.ended") return event.data.status as TaskStatus;
  return WAITING[event.type];
}

async function announce(queryClient: QueryClient, taskId: string, status: TaskStatus): Promise<void> {
  const { word, tone } = TASK_LOOKS[status];
  const title = `Task ${word}`;
  const prompt = await promptOf(queryClient, taskId);
  showToast({
    tone,
    title,
    text: (
      <Link to="/tasks/$taskId" params={{ taskId }} className="link line-clamp-2">
        {prompt}
      </Link>
    ),
  });
  if (!usePreferences.getState().notifies || document.visibilityState === "visible") return;
  const notification = new Notification(title, { body: prompt, tag: taskId });
  notification.addEventListener("click", () => window.focus());
}

async function promptOf(queryClient: QueryClient, taskId: string): Promise<string> {
  try {
    const task = await queryClient.ensureQueryData(taskQuery(taskId));
    return task.prompt.slice(0, 140);
  } catch (error) {
    // It may have been deleted already; the news itself still counts.
    return `${taskId} (${toProblem(error).message})`;
  }
}
