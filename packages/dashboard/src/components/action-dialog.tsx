import { useMutation } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { toProblem } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { Modal } from "./modal.tsx";
import { StatusMark } from "./status.tsx";

/** Asks before something is done, does it, and says why where it was refused. */
export function ActionDialog<T>({
  isOpen,
  onClose,
  title,
  description,
  confirm,
  isDangerous = false,
  run,
  onDone,
  children,
}: {
  isOpen: boolean;
  onClose(): void;
  title: string;
  description: ReactNode;
  /** What the button says that does it. */
  confirm: string;
  isDangerous?: boolean;
  run(): Promise<T>;
  onDone?: (result: T) => void;
  /** Fields, where there is something to fill in. */
  children?: ReactNode;
}) {
  const action = useMutation({
    mutationFn: run,
    onSuccess: (result) => {
      close();
      onDone?.(result);
    },
  });
  const close = () => {
    action.reset();
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!action.isPending) action.mutate();
  };
  const problem = action.isError ? toProblem(action.error) : null;
  return (
    <Modal isOpen={isOpen} onClose={close} title={title} description={description}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        {children}
        {problem && (
          <div role="alert" className="rounded-[5px] border border-bad bg-bad-ground px-3 py-2">
            <p className="flex gap-2 font-semibold">
              <StatusMark shape="alert" tone="bad" className="mt-0.5" />
              <span className="min-w-0 break-words">{problem.message}</span>
            </p>
            {problem.hint && <p className="break-words">{problem.hint}</p>}
          </div>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={close}>Leave it</Button>
          <Button type="submit" look={isDangerous ? "danger" : "primary"} disabled={action.isPending}>
            {action.isPending ? "One moment …" : confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** A named field of a dialog. */
export function Field({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children.
    <label className="flex flex-col gap-1">
      <span className="font-semibold">{name}</span>
      {children}
      {hint && <span className="label">{hint}</span>}
    </label>
  );
}
