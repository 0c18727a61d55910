import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { rolesQuery, usedDirectoriesQuery, workflowsQuery } from "../../api/catalogue.ts";
import { useSession } from "../../app/session.tsx";
import { useDebounced } from "../../components/debounced.ts";
import { DirectoryField } from "../../components/directory-field.tsx";
import { Checkbox, Choices, Field } from "../../components/form.tsx";
import { ModelField } from "../../components/model-field.tsx";
import { formatNumber } from "../../format/amounts.ts";
import { meaningOf, TASK_TYPES, toWords } from "../../format/task-types.ts";
import { allowedAmong, type Draft, MAX_PROMPT_CHARACTERS, type Problems } from "./draft.ts";
import { RoleList } from "./role-list.tsx";

interface FieldsProps {
  draft: Draft;
  problems: Problems;
  onEdit(fields: Partial<Draft>): void;
}

const DIRECTORY_REST_MS = 350;

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="panel flex flex-col gap-4 px-4 py-3">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}

/** What is to be done, and where. */
export function PromptFields({ draft, problems, onEdit, onSubmit }: FieldsProps & { onSubmit(): void }) {
  const { directories } = useSession();
  const used = useQuery(usedDirectoriesQuery);
  const length = draft.prompt.length;
  return (
    <Group title="Task">
      <Field
        label="Prompt"
        aside={`${formatNumber(length)} of ${formatNumber(MAX_PROMPT_CHARACTERS)} characters`}
        problem={problems.prompt}
      >
        {(control) => (
          <textarea
            className="field min-h-28"
            rows={6}
            {...control}
            value={draft.prompt}
            placeholder="What is to be done, as you would tell a colleague"
            onChange={(event) => onEdit({ prompt: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit();
            }}
          />
        )}
      </Field>
      <DirectoryField
        label="Working directory"
        value={draft.workingDirectory}
        recent={allowedAmong(used.data ?? [], directories)}
        problem={problems.workingDirectory}
        onChange={(workingDirectory) => onEdit({ workingDirectory })}
      />
    </Group>
  );
}

const MODE_CHOICES = [
  { value: "sequential", label: "One after another" },
  { value: "parallel", label: "Side by side", detail: "where steps do not depend on each other" },
] as const;

/** What its steps come from. */
export function ShapeFields(props: FieldsProps) {
  const { draft, onEdit } = props;
  return (
    <Group title="Steps">
      <Choices
        legend="What says which steps there are"
        value={draft.shape}
        choices={[
          { value: "type", label: "The task type" },
          { value: "workflow", label: "A workflow of the repository" },
          { value: "roles", label: "My own roles" },
        ]}
        onChange={(shape) => onEdit({ shape })}
      />
      {draft.shape === "type" && <TypeFields {...props} />}
      {draft.shape === "workflow" && <WorkflowField {...props} />}
      {draft.shape === "roles" ? (
        <RoleFields {...props} />
      ) : (
        <Choices
          legend="Execution"
          value={draft.executionMode}
          choices={MODE_CHOICES}
          onChange={(executionMode) => onEdit({ executionMode })}
        />
      )}
    </Group>
  );
}

function TypeFields({ draft, onEdit }: FieldsProps) {
  return (
    <>
      <Field label="Task type" hint={meaningOf(draft.taskType)}>
        {(control) => (
          <select
            className="field sm:max-w-80"
            {...control}
            value={draft.taskType}
            onChange={(event) => {
              const taskType = TASK_TYPES.find((each) => each === event.target.value);
              if (taskType) onEdit({ taskType });
            }}
          >
            {TASK_TYPES.filter((each) => each !== "custom").map((each) => (
              <option key={each} value={each}>
                {each === "auto" ? "auto (found from the prompt)" : toWords(each)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Choices
        legend="Analyst"
        value={draft.includeAnalyst}
        choices={[
          { value: "auto", label: "Auto", detail: "where the complexity asks for research" },
          { value: "yes", label: "Yes" },
          { value: "no", label: "No" },
        ]}
        onChange={(includeAnalyst) => onEdit({ includeAnalyst })}
      />
      <Choices
        legend="Plan"
        value={draft.plan}
        choices={[
          { value: "template", label: "Template", detail: "the task type's steps; no model call" },
          { value: "ai", label: "By an agent", detail: "a planner makes the workflow; the template if it fails" },
        ]}
        onChange={(plan) => onEdit({ plan })}
      />
    </>
  );
}

function WorkflowField({ draft, problems, onEdit }: FieldsProps) {
  const directory = useDebounced(draft.workingDirectory.trim(), DIRECTORY_REST_MS);
  const { data } = useQuery(workflowsQuery(directory || undefined));
  const workflows = data ?? [];
  const chosen = workflows.find((each) => each.name === draft.workflow);
  const none = "This directory has none. They are written as files: .orchestrator/workflows/*.yaml";
  return (
    <Field
      label="Workflow"
      problem={problems.workflow}
      hint={chosen ? `${chosen.description} (${chosen.source})` : data && workflows.length === 0 ? none : undefined}
    >
      {(control) => (
        <select
          className="field sm:max-w-80"
          {...control}
          value={draft.workflow}
          onChange={(event) => onEdit({ workflow: event.target.value })}
        >
          <option value="">{workflows.length === 0 ? "no workflow here" : "choose a workflow"}</option>
          {draft.workflow !== "" && !chosen && <option value={draft.workflow}>{draft.workflow} (not here)</option>}
          {workflows.map((each) => (
            <option key={each.name} value={each.name}>
              {each.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function RoleFields({ draft, problems, onEdit }: FieldsProps) {
  const directory = useDebounced(draft.workingDirectory.trim(), DIRECTORY_REST_MS);
  const roles = useQuery(rolesQuery(directory || undefined));
  return (
    <>
      <Choices
        legend="Order"
        value={draft.order}
        choices={[
          { value: "sequential", label: "One after another" },
          { value: "parallel", label: "All at once" },
          { value: "dependencies", label: "By dependencies", detail: "each says what it comes after" },
        ]}
        onChange={(order) => onEdit({ order })}
      />
      <RoleList
        steps={draft.steps}
        roles={roles.data?.roles ?? []}
        hasDependencies={draft.order === "dependencies"}
        problem={problems.roles}
        onChange={(steps) => onEdit({ steps })}
      />
      {roles.data && roles.data.warnings.length > 0 && (
        <ul className="label list-disc pl-4 !text-warn" aria-label="Warnings about roles">
          {roles.data.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Where the agents write. */
export function WorkFields({ draft, onEdit }: FieldsProps) {
  return (
    <Group title="Work">
      <Choices
        legend="Agents work in"
        value={draft.place}
        choices={[
          { value: "settings", label: "What the repository's settings say" },
          { value: "worktree", label: "A worktree", detail: "your checkout stays as it is until you apply the result" },
          { value: "in_place", label: "The directory itself", detail: "what they write is there at once" },
        ]}
        onChange={(place) => onEdit({ place })}
      />
      <Choices
        legend="Your uncommitted changes"
        value={draft.uncommitted}
        isDisabled={draft.place === "in_place"}
        hint={draft.place === "in_place" ? "In the directory itself they are there in any case." : undefined}
        choices={[
          { value: "settings", label: "As the settings say" },
          { value: "bring", label: "Bring them along" },
          { value: "leave", label: "Leave them out", detail: "begin with your last commit" },
        ]}
        onChange={(uncommitted) => onEdit({ uncommitted })}
      />
      <Checkbox
        label="Require checks"
        detail="A task that no check has proven counts as failed, not as unverified."
        isChecked={draft.requireChecks}
        onChange={(requireChecks) => onEdit({ requireChecks })}
      />
    </Group>
  );
}

/** With what model, and for how much. */
export function LimitFields({ draft, problems, onEdit }: FieldsProps) {
  return (
    <Group title="Model and budget">
      <div className="grid gap-4 sm:grid-cols-2">
        <ModelField value={draft.model} problem={problems.model} onChange={(model) => onEdit({ model })} />
        <Field
          label="Budget in USD"
          hint="Reaching it ends the task. Empty: no budget of its own."
          problem={problems.budgetUsd}
        >
          {(control) => (
            <input
              className="field"
              inputMode="decimal"
              {...control}
              value={draft.budgetUsd}
              placeholder="none"
              onChange={(event) => onEdit({ budgetUsd: event.target.value })}
            />
          )}
        </Field>
      </div>
    </Group>
  );
}
