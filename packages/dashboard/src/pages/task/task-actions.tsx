import { Menu } from "@base-ui/react/menu";
import { useNavigate } from "@tanstack/react-router";
import { MoreHorizontal } from "lucide-react";
import { useMemo, useState } from "react";
import type { TaskDetails } from "../../api/types.ts";
import { type Command, useCommands } from "../../app/commands.ts";
import { useMay } from "../../app/session.tsx";
import { Button, buttonClass } from "../../components/button.tsx";
import { showToast } from "../../components/toasts.tsx";
import { isTaskEnded } from "../../format/statuses.ts";
import { possibleActions, type TaskAction } from "./possible-actions.ts";
import { TaskDialogs } from "./task-dialogs.tsx";

const TITLES: Record<TaskAction, string> = {
  retry: "Retry",
  cancel: "Cancel",
  pause: "Pause",
  resume: "Resume",
  "follow-up": "Follow up",
  apply: "Apply",
  undo: "Put back",
  delete: "Delete",
};

/** The buttons of a task, and the dialogs that they open. */
export function TaskActions({ task }: { task: TaskDetails }) {
  const [open, setOpen] = useState<TaskAction | null>(null);
  const mayChange = useMay("operator");
  const navigate = useNavigate();
  const key = mayChange ? possibleActions(task).join(" ") : "";
  const actions = useMemo(() => key.split(" ").filter(Boolean) as TaskAction[], [key]);
  const commands = useMemo<Command[]>(
    () =>
      actions.map((action) => ({
        key: `task-${action}`,
        title: `${TITLES[action]} this task`,
        run: () => setOpen(action),
      })),
    [actions],
  );
  useCommands(commands);
  const shown: readonly TaskAction[] = actions.filter((action) => action !== "delete").slice(0, 2);
  const rest = actions.filter((action) => !shown.includes(action));

  return (
    <>
      {task.cancelRequested && !isTaskEnded(task.status) && <span className="text-warn">It is being cancelled.</span>}
      {shown.map((action, index) => (
        <Button key={action} look={index === 0 ? "primary" : "plain"} onClick={() => setOpen(action)}>
          {TITLES[action]}
        </Button>
      ))}
      <MoreMenu taskId={task.taskId} actions={rest} onOpen={setOpen} />
      <TaskDialogs
        task={task}
        open={open}
        onClose={() => setOpen(null)}
        onStarted={(taskId) => void navigate({ to: "/tasks/$taskId", params: { taskId } })}
        onDeleted={(kept) => {
          const text = kept.length > 0 ? `Kept: ${kept.join(", ")}` : "Its events, logs and records are gone.";
          showToast({ tone: "good", title: "Deleted", text });
          void navigate({ to: "/history" });
        }}
      />
    </>
  );
}

const ITEM = "block w-full cursor-default rounded-sm px-3 py-1.5 outline-none data-[highlighted]:bg-accent-ground";

function MoreMenu(props: { taskId: string; actions: readonly TaskAction[]; onOpen(action: TaskAction): void }) {
  return (
    <Menu.Root>
      <Menu.Trigger aria-label="More actions" className={buttonClass()}>
        <MoreHorizontal aria-hidden="true" className="size-4" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={6} className="z-40">
          <Menu.Popup className="panel min-w-44 p-1 shadow-lg outline-none">
            {props.actions.map((action) => (
              <Menu.Item
                key={action}
                className={`${ITEM} ${action === "delete" ? "text-bad" : ""}`}
                onClick={() => props.onOpen(action)}
              >
                {TITLES[action]}
              </Menu.Item>
            ))}
            <Menu.LinkItem className={ITEM} href={`/api/v1/tasks/${props.taskId}/report`} download>
              Download the report
            </Menu.LinkItem>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
