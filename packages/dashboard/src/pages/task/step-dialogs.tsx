import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { answered, api } from "../../api/client.ts";
import type { AgentRecord, StepRecord, TaskDetails } from "../../api/types.ts";
import { ActionDialog, Field } from "../../components/action-dialog.tsx";
import { showToast } from "../../components/toasts.tsx";

interface DialogProps {
  isOpen: boolean;
  onClose(): void;
}

export function RetryDialog({ isOpen, onClose, taskId, stepKey }: DialogProps & { taskId: string; stepKey: string }) {
  return (
    <ActionDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Retry ${stepKey}`}
      description="It runs again, and so does whatever depends on it. What has succeeded is kept."
      confirm="Retry it"
      run={() =>
        answered(api.POST("/api/v1/tasks/{taskId}/retry", { params: { path: { taskId } }, body: { stepKey } }))
      }
      onDone={() => showToast({ tone: "good", title: "The task goes on", text: `${stepKey} is to be run again.` })}
    />
  );
}

/** Another try from a step on: with another model, prompt or role. */
export function ForkDialog({ isOpen, onClose, task, step }: DialogProps & { task: TaskDetails; step: StepRecord }) {
  const navigate = useNavigate();
  const [fields, setFields] = useState({ model: "", role: "", prompt: "", budgetUsd: "" });
  const set = (key: keyof typeof fields) => (event: { target: { value: string } }) =>
    setFields({ ...fields, [key]: event.target.value });
  const run = () => {
    const { model, role, prompt, budgetUsd } = fields;
    const body = {
      at: step.stepKey,
      ...(model.trim() && { model: model.trim() }),
      ...(role.trim() && { role: role.trim() }),
      ...(prompt.trim() && { prompt: prompt.trim() }),
      ...(budgetUsd && { budgetUsd: Number(budgetUsd) }),
    };
    return answered(api.POST("/api/v1/tasks/{taskId}/fork", { params: { path: { taskId: task.taskId } }, body }));
  };
  return (
    <ActionDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Fork at ${step.stepKey}`}
      description="A new task takes over what came before this step, and goes its own way from there. Leave a field empty to keep what was."
      confirm="Start the fork"
      run={run}
      onDone={({ taskId }) => void navigate({ to: "/tasks/$taskId", params: { taskId } })}
    >
      <Field name="Model" hint={`It was ${task.model}.`}>
        <input className="field" value={fields.model} onChange={set("model")} />
      </Field>
      <Field name="Role" hint={`It was ${step.role}.`}>
        <input className="field" value={fields.role} onChange={set("role")} />
      </Field>
      <Field name="Prompt">
        <textarea
          className="field"
          rows={4}
          value={fields.prompt}
          onChange={set("prompt")}
          placeholder={task.prompt.slice(0, 200)}
        />
      </Field>
      <Field name="Budget in USD">
        <input
          className="field"
          type="number"
          min="0.01"
          step="0.01"
          value={fields.budgetUsd}
          onChange={set("budgetUsd")}
        />
      </Field>
    </ActionDialog>
  );
}

export function MessageDialog({ isOpen, onClose, agent }: DialogProps & { agent: AgentRecord }) {
  const [text, setText] = useState("");
  const [isSteering, setSteering] = useState(true);
  const whenBusy = isSteering ? "steer" : "queue";
  return (
    <ActionDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Message ${agent.name}`}
      description="It is recorded, and the agent reads it as soon as it may."
      confirm="Send it"
      run={() =>
        answered(
          api.POST("/api/v1/agents/{agentId}/messages", {
            params: { path: { agentId: agent.agentId } },
            body: { text, whenBusy },
          }),
        )
      }
      onDone={() => {
        setText("");
        showToast({ tone: "good", title: "Sent", text: `The reply comes into the timeline of ${agent.name}.` });
      }}
    >
      <Field name="Message">
        <textarea className="field" rows={4} required value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={isSteering} onChange={(event) => setSteering(event.target.checked)} />
        Join what it does now, rather than wait for its end
      </label>
    </ActionDialog>
  );
}
