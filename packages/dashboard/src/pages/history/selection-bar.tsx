import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answered, api } from "../../api/client.ts";
import { type Problem, toProblem } from "../../api/problem.ts";
import type { TaskItem } from "../../api/types.ts";
import { useMay } from "../../app/session.tsx";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Button, buttonClass } from "../../components/button.tsx";
import { Modal } from "../../components/modal.tsx";
import { showToast } from "../../components/toasts.tsx";
import { countOf } from "../../format/amounts.ts";
import { isTaskEnded } from "../../format/statuses.ts";

/** What can be done with the tasks that are selected. */
export function SelectionBar({ selected, onClear }: { selected: readonly TaskItem[]; onClear(): void }) {
  const mayDelete = useMay("operator");
  const [isDeleting, setDeleting] = useState(false);
  const [left, right] = selected;
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-2">
      <p role="status" className="text-muted">
        {selected.length === 0 ? "Select two tasks to compare them." : `${selected.length} selected`}
      </p>
      {left && right && selected.length === 2 && (
        <Link to="/compare" search={{ left: left.taskId, right: right.taskId }} className={buttonClass()}>
          Compare
        </Link>
      )}
      {selected.length > 0 && (
        <>
          <Button
            look="danger"
            disabled={!mayDelete}
            title={mayDelete ? undefined : "A viewer cannot delete."}
            onClick={() => setDeleting(true)}
          >
            Delete
          </Button>
          <Button look="quiet" onClick={onClear}>
            Clear the selection
          </Button>
        </>
      )}
      {isDeleting && <DeleteDialog tasks={selected} onClose={() => setDeleting(false)} onDeleted={onClear} />}
    </div>
  );
}

function DeleteDialog(props: { tasks: readonly TaskItem[]; onClose(): void; onDeleted(): void }) {
  const { tasks, onClose, onDeleted } = props;
  const queryClient = useQueryClient();
  const ended = tasks.filter((task) => isTaskEnded(task.status));
  const goesOn = tasks.length - ended.length;
  if (ended.length === 0)
    return (
      <Modal isOpen onClose={onClose} title="Nothing can be deleted">
        <p>Only tasks that have ended can be deleted. Cancel them first.</p>
      </Modal>
    );
  return (
    <ActionDialog
      isOpen
      isDangerous
      title={`Delete ${countOf(ended.length, "task")}?`}
      description="Gone for good: the records, events, logs, conversations and branches. Kept: what it has cost stays in the ledger, without any text, and work that nobody has merged or applied stays in its repository under a ref, which you are told."
      confirm={`Delete ${countOf(ended.length, "task")}`}
      run={() => removeTasks(ended)}
      onDone={({ deleted, kept, problems }) => {
        onDeleted();
        tell(deleted, kept, problems);
        void queryClient.invalidateQueries({ queryKey: ["tasks"] });
      }}
      onClose={onClose}
    >
      <ul className="list-disc pl-5">
        {ended.map((task) => (
          <li key={task.taskId}>
            <span className="line-clamp-1">{task.prompt}</span>
          </li>
        ))}
      </ul>
      {goesOn > 0 && <p className="text-warn">Of those selected, {countOf(goesOn, "task")} not ended yet will stay.</p>}
    </ActionDialog>
  );
}

/** One after another; one that is refused does not keep the others. */
async function removeTasks(tasks: readonly TaskItem[]) {
  const kept: string[] = [];
  const problems: Problem[] = [];
  for (const { taskId } of tasks) {
    try {
      const answer = await answered(api.DELETE("/api/v1/tasks/{taskId}", { params: { path: { taskId } } }));
      kept.push(...answer.kept);
    } catch (error) {
      problems.push(toProblem(error));
    }
  }
  return { deleted: tasks.length - problems.length, kept, problems };
}

function tell(deleted: number, kept: readonly string[], problems: readonly Problem[]): void {
  if (deleted > 0)
    showToast({
      tone: "good",
      title: `${countOf(deleted, "task")} deleted`,
      text:
        kept.length === 0 ? (
          "There was no work that existed nowhere else."
        ) : (
          <>
            Work that existed nowhere else is kept under:
            <ul>
              {kept.map((ref) => (
                <li key={ref} className="mono break-all">
                  {ref}
                </li>
              ))}
            </ul>
          </>
        ),
    });
  for (const problem of problems)
    showToast({ tone: "bad", title: "Not deleted", text: `${problem.message} ${problem.hint}` });
}
