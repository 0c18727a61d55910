import { useId } from "react";
import { useSession } from "../app/session.tsx";
import { Field, type FieldProblem } from "./form.tsx";

/** Short names that every version of the runtime knows; any other name can be typed. */
const SHORT_NAMES = ["sonnet", "opus", "haiku"];

/** The model that agents use; empty for the server's default, which it names. */
export function ModelField({
  value,
  problem,
  onChange,
}: {
  value: string;
  problem?: FieldProblem | null | undefined;
  onChange(model: string): void;
}) {
  const { defaultModel } = useSession();
  const listId = useId();
  return (
    <Field
      label="Model"
      problem={problem}
      hint={`Empty: ${defaultModel}, the default of this server. A role that names a model of its own keeps it.`}
    >
      {(control) => (
        <>
          <input
            className="field"
            {...control}
            list={listId}
            spellCheck={false}
            autoComplete="off"
            value={value}
            placeholder={defaultModel}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={listId}>
            {[...new Set([defaultModel, ...SHORT_NAMES])].map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
