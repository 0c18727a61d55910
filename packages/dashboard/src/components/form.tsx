import { type ReactNode, useId } from "react";
import type { Problem } from "../api/problem.ts";
import { StatusMark } from "./status.tsx";

/** What a control must carry so that its label, hint and error belong to it. */
export interface ControlProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** What is wrong with a field, and what to do about it. */
export type FieldProblem = Pick<Problem, "message" | "hint">;

/**
 * A labelled control with its hint, and its error under it.
 *
 * @example <Field label="Name">{(control) => <input className="field" {...control} />}</Field>
 */
export function Field({
  label,
  aside,
  hint,
  problem,
  className = "",
  children,
}: {
  label: string;
  /** What stands at the end of the label's line. */
  aside?: ReactNode;
  hint?: ReactNode;
  problem?: FieldProblem | null | undefined;
  className?: string;
  children(control: ControlProps): ReactNode;
}) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", problem ? `${id}-problem` : ""].filter(Boolean).join(" ");
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <label htmlFor={id} className="font-semibold">
          {label}
        </label>
        {aside && <span className="label">{aside}</span>}
      </div>
      {children({
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": problem ? true : undefined,
      })}
      {hint && (
        <p id={`${id}-hint`} className="label">
          {hint}
        </p>
      )}
      {problem && <FieldError id={`${id}-problem`} problem={problem} />}
    </div>
  );
}

/** What is wrong, told at once to readers of the screen. */
export function FieldError({ id, problem }: { id?: string; problem: FieldProblem }) {
  return (
    <p id={id} role="alert" className="flex items-start gap-1.5 text-bad">
      <StatusMark shape="alert" tone="bad" className="mt-0.5" />
      <span className="min-w-0 break-words">
        {problem.message} {problem.hint && <span className="text-text">{problem.hint}</span>}
      </span>
    </p>
  );
}

export interface Choice<T extends string> {
  value: T;
  label: string;
  /** What it means, in a few words. */
  detail?: string;
}

/** One of a few, all in sight. */
export function Choices<T extends string>({
  legend,
  value,
  choices,
  onChange,
  isDisabled = false,
  hint,
}: {
  legend: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange(value: T): void;
  isDisabled?: boolean;
  hint?: ReactNode;
}) {
  const name = useId();
  return (
    <fieldset className="min-w-0" disabled={isDisabled} aria-describedby={hint ? `${name}-hint` : undefined}>
      <legend className="mb-1 font-semibold">{legend}</legend>
      <div className="grid gap-x-5 gap-y-1.5 sm:grid-cols-3">
        {choices.map((choice) => (
          <label key={choice.value} className="flex items-start gap-2">
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span>
              {choice.label}
              {choice.detail && <span className="label block">{choice.detail}</span>}
            </span>
          </label>
        ))}
      </div>
      {hint && (
        <p id={`${name}-hint`} className="label mt-1">
          {hint}
        </p>
      )}
    </fieldset>
  );
}

/** Something that is so or not. */
export function Checkbox({
  label,
  detail,
  isChecked,
  onChange,
}: {
  label: string;
  detail?: string;
  isChecked: boolean;
  onChange(isChecked: boolean): void;
}) {
  return (
    <label className="flex items-start gap-2">
      <input
        type="checkbox"
        checked={isChecked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span>
        {label}
        {detail && <span className="label block">{detail}</span>}
      </span>
    </label>
  );
}

/** Something that whoever reads the page must know first. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <div className="flex items-start gap-2 rounded-[6px] border border-warn bg-warn-ground px-4 py-2.5">
      <StatusMark shape="alert" tone="warn" className="mt-0.5" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
