import { OrchestratorError } from "@claude-orchestrator/core";
import type { Context } from "../context.js";

/**
 * Sets something going that lasts longer than a request, and waits only until it goes.
 *
 * @param work - the whole of it; calls `begun` as soon as it goes
 * @param context - whose log is told of a failure that comes later
 * @returns what `begun` was called with
 * @throws whatever `work` throws before that
 */
export function begin<T>(work: (begun: (value: T) => void) => Promise<unknown>, context: Context): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let hasBegun = false;
    const begun = (value: T) => {
      hasBegun = true;
      resolve(value);
    };
    work(begun).then(
      () => reject(new OrchestratorError("step_failed", "It ended before it had begun.", "Try it again.")),
      (error) => {
        reject(error);
        // The task's own end says what became of it; this is for what is not in the log of events. A server that stops
        // leaves its tasks as they are.
        if (hasBegun && !context.isClosing) context.trouble("what was begun over the API has failed", error);
      },
    );
  });
}
