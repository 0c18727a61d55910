import { ArrowDown, ArrowUp, X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import type { RoleDescription } from "../../api/catalogue.ts";
import { Button } from "../../components/button.tsx";
import { FieldError, type FieldProblem } from "../../components/form.tsx";
import type { OwnStep } from "./draft.ts";

/** The caller's own roles in their order, each to be moved, told more, or taken away. */
export function RoleList({
  steps,
  roles,
  hasDependencies,
  problem,
  onChange,
}: {
  steps: readonly OwnStep[];
  roles: readonly RoleDescription[];
  /** Whether each step says what it comes after. */
  hasDependencies: boolean;
  problem: FieldProblem | undefined;
  onChange(steps: OwnStep[]): void;
}) {
  const [news, setNews] = useState("");

  const replace = (step: OwnStep) => onChange(steps.map((each) => (each.id === step.id ? step : each)));
  const move = (from: number, by: 1 | -1) => {
    const moved = steps[from];
    const to = from + by;
    if (!moved || to < 0 || to >= steps.length) return;
    const rest = steps.filter((_, at) => at !== from);
    onChange([...rest.slice(0, to), moved, ...rest.slice(to)]);
    setNews(`${moved.role} is now number ${to + 1} of ${steps.length}`);
  };
  const remove = (step: OwnStep) => {
    onChange(
      steps
        .filter((each) => each.id !== step.id)
        .map((each) => ({ ...each, after: each.after.filter((id) => id !== step.id) })),
    );
    setNews(`${step.role} removed`);
  };
  const add = () => {
    const id = Math.max(0, ...steps.map((step) => step.id)) + 1;
    const last = steps.at(-1);
    onChange([...steps, { id, role: "builder", instructions: "", after: last ? [last.id] : [] }]);
    setNews(`builder added as number ${steps.length + 1}`);
  };

  return (
    <div className="flex flex-col gap-2">
      <ol aria-label="Roles in order" className="flex flex-col gap-2">
        {steps.map((step, position) => (
          <RoleRow
            key={step.id}
            step={step}
            position={position}
            steps={steps}
            roles={roles}
            hasDependencies={hasDependencies}
            onChange={replace}
            onMove={(by) => move(position, by)}
            onRemove={() => remove(step)}
          />
        ))}
      </ol>
      <div className="flex flex-wrap items-center gap-3">
        <Button onClick={add}>Add a role</Button>
        <span className="label">Alt and an arrow key move a role up or down.</span>
      </div>
      {problem && <FieldError problem={problem} />}
      <p role="status" className="sr-only">
        {news}
      </p>
    </div>
  );
}

function RoleRow({
  step,
  position,
  steps,
  roles,
  hasDependencies,
  onChange,
  onMove,
  onRemove,
}: {
  step: OwnStep;
  position: number;
  steps: readonly OwnStep[];
  roles: readonly RoleDescription[];
  hasDependencies: boolean;
  onChange(step: OwnStep): void;
  onMove(by: 1 | -1): void;
  onRemove(): void;
}) {
  const name = `Step ${position + 1}`;
  const isKnown = roles.some((role) => role.name === step.role);
  const listen = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(event.key === "ArrowUp" ? -1 : 1);
  };
  const toggle = (id: number) =>
    onChange({
      ...step,
      after: step.after.includes(id) ? step.after.filter((each) => each !== id) : [...step.after, id],
    });
  return (
    <li className="flex flex-col gap-2 rounded-[5px] border border-line bg-ground p-2" onKeyDown={listen}>
      <div className="flex items-center gap-2">
        <span className="w-5 shrink-0 text-right text-muted" aria-hidden="true">
          {position + 1}
        </span>
        <select
          aria-label={`${name}: role`}
          className="field min-w-0 flex-1"
          value={step.role}
          title={roles.find((role) => role.name === step.role)?.description}
          onChange={(event) => onChange({ ...step, role: event.target.value })}
        >
          {!isKnown && <option value={step.role}>{step.role}</option>}
          {roles.map((role) => (
            <option key={role.name} value={role.name}>
              {role.name}
            </option>
          ))}
        </select>
        <Button
          look="quiet"
          aria-label={`Move step ${position + 1} up`}
          disabled={position === 0}
          onClick={() => onMove(-1)}
        >
          <ArrowUp aria-hidden="true" className="size-4" />
        </Button>
        <Button
          look="quiet"
          aria-label={`Move step ${position + 1} down`}
          disabled={position === steps.length - 1}
          onClick={() => onMove(1)}
        >
          <ArrowDown aria-hidden="true" className="size-4" />
        </Button>
        <Button look="quiet" aria-label={`Remove step ${position + 1}`} onClick={onRemove}>
          <X aria-hidden="true" className="size-4" />
        </Button>
      </div>
      <input
        aria-label={`${name}: instructions`}
        className="field"
        placeholder="Instructions for this step (none: the prompt alone)"
        value={step.instructions}
        onChange={(event) => onChange({ ...step, instructions: event.target.value })}
      />
      {hasDependencies && steps.length > 1 && (
        <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
          <legend className="label float-left mr-4">After</legend>
          {steps.map(
            (other, at) =>
              other.id !== step.id && (
                <label key={other.id} className="flex items-center gap-1.5">
                  <input
                    type="checkbox"
                    className="size-4 accent-accent"
                    checked={step.after.includes(other.id)}
                    onChange={() => toggle(other.id)}
                  />
                  {at + 1} {other.role}
                </label>
              ),
          )}
        </fieldset>
      )}
    </li>
  );
}
