import { useState } from "react";
import { answered, api } from "../../api/client.ts";
import type { TaskDetails } from "../../api/types.ts";
import { ActionDialog, Field } from "../../components/action-dialog.tsx";
import { showToast } from "../../components/toasts.tsx";
import { failedStepOf, type TaskAction } from "./possible-actions.ts";
import { RetryDialog } from "./step-dialogs.tsx";

interface TaskDialogsProps {
  task: TaskDetails;
  open: TaskAction | null;
  onClose(): void;
  /** A new task was started from this one. */
  onStarted(taskId: string): void;
  onDeleted(kept: string[]): void;
}

/** Every dialog of a task; one is open at a time. */
export function TaskDialogs({ task, open, onClose, onStarted, onDeleted }: TaskDialogsProps) {
  const params = { path: { taskId: task.taskId } };
  const failedStep = failedStepOf(task);
  const of = (action: TaskAction) => ({ isOpen: open === action, onClose });
  return (
    <>
      {failedStep !== null && <RetryDialog {...of("retry")} taskId={task.taskId} stepKey={failedStep} />}
      <ActionDialog
        {...of("cancel")}
        title="Cancel this task"
        description="What runs is stopped. Finished steps and their work are kept, and the task can be retried."
        confirm="Cancel the task"
        isDangerous
        run={() =>
          answered(
            api.POST("/api/v1/tasks/{taskId}/cancel", { params, body: { reason: "Cancelled in the dashboard." } }),
          )
        }
      />
      <PauseDialog {...of("pause")} params={params} />
      <ActionDialog
        {...of("resume")}
        title="Resume this task"
        description="It goes on where it stopped: finished steps are not run again, interrupted agents go on with their conversation."
        confirm="Resume"
        run={() => answered(api.POST("/api/v1/tasks/{taskId}/resume", { params }))}
      />
      <FollowUpDialog {...of("follow-up")} params={params} onStarted={onStarted} />
      <ApplyDialog {...of("apply")} params={params} />
      <ActionDialog
        {...of("undo")}
        title="Put back what it changed"
        description="The files that the task changed in place become what they were before it."
        confirm="Put back"
        isDangerous
        run={() => answered(api.POST("/api/v1/tasks/{taskId}/undo", { params }))}
        onDone={({ paths }) =>
          showToast({ tone: "good", title: "Put back", text: paths.join(", ") || "Nothing to do." })
        }
      />
      <ActionDialog
        {...of("delete")}
        title="Delete this task"
        description="Its events, logs and records are removed for good. Its cost stays counted, and work that exists nowhere else is kept under a rescue ref."
        confirm="Delete for good"
        isDangerous
        run={() => answered(api.DELETE("/api/v1/tasks/{taskId}", { params }))}
        onDone={({ kept }) => onDeleted(kept)}
      />
    </>
  );
}

interface DialogProps {
  isOpen: boolean;
  onClose(): void;
  params: { path: { taskId: string } };
}

function PauseDialog({ isOpen, onClose, params }: DialogProps) {
  const [interrupt, setInterrupt] = useState(false);
  return (
    <ActionDialog
      isOpen={isOpen}
      onClose={onClose}
      title="Pause this task"
      description="Nothing new of it starts until it is resumed."
      confirm="Pause"
      run={() => answered(api.POST("/api/v1/tasks/{taskId}/pause", { params, body: { interrupt } }))}
    >
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={interrupt} onChange={(event) => setInterrupt(event.target.checked)} />
        Stop what runs now too; it is gone on with later
      </label>
    </ActionDialog>
  );
}

function FollowUpDialog({ isOpen, onClose, params, onStarted }: DialogProps & { onStarted(taskId: string): void }) {
  const [prompt, setPrompt] = useState("");
  return (
    <ActionDialog
      isOpen={isOpen}
      onClose={onClose}
      title="Follow up on this task"
      description="A new task goes on with the results of this one, on its branch and with its handoffs."
      confirm="Start it"
      run={() => answered(api.POST("/api/v1/tasks/{taskId}/follow-up", { params, body: { prompt } }))}
      onDone={({ taskId }) => onStarted(taskId)}
    >
      <Field name="What is to be done now">
        <textarea
          className="field"
          rows={5}
          required
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
        />
      </Field>
    </ActionDialog>
  );
}

const MODES = [
  { mode: "merge", name: "Merge: all its commits, joined" },
  { mode: "squash", name: "Squash: one commit" },
  { mode: "patch", name: "Patch: changed files, no commit" },
] as const;

function ApplyDialog({ isOpen, onClose, params }: DialogProps) {
  const [mode, setMode] = useState<(typeof MODES)[number]["mode"]>("merge");
  const [message, setMessage] = useState("");
  const body = { mode, ...(message.trim() && mode !== "patch" && { message: message.trim() }) };
  return (
    <ActionDialog
      isOpen={isOpen}
      onClose={onClose}
      title="Apply its result"
      description="What the task has changed comes into your checkout."
      confirm="Apply"
      run={() => answered(api.POST("/api/v1/tasks/{taskId}/apply", { params, body }))}
      onDone={({ repository, commit }) =>
        showToast({
          tone: "good",
          title: "Applied",
          text: `${repository}${commit ? ` at ${commit.slice(0, 10)}` : ""}`,
        })
      }
    >
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-semibold">How</legend>
        {MODES.map((each) => (
          <label key={each.mode} className="flex items-center gap-2">
            <input type="radio" name="mode" checked={mode === each.mode} onChange={() => setMode(each.mode)} />
            {each.name}
          </label>
        ))}
      </fieldset>
      {mode !== "patch" && (
        <Field name="Commit message" hint="Empty: one is made from the task.">
          <input className="field" value={message} onChange={(event) => setMessage(event.target.value)} />
        </Field>
      )}
    </ActionDialog>
  );
}
