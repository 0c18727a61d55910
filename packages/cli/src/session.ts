import {
  ERROR_CODES,
  type ErrorRecord,
  Orchestrator,
  type OrchestratorOptions,
  type TaskResult,
} from "@claude-orchestrator/core";
import { createLiveProgress, createPlainProgress, type Progress } from "./output/progress.js";

/**
 * Opens the library for one command and closes it again, whatever happens.
 *
 * @param options - the library's options
 * @param work - the command
 */
export async function withOrchestrator<T>(
  options: OrchestratorOptions,
  work: (orchestrator: Orchestrator) => Promise<T>,
): Promise<T> {
  // Commands do what they say: only `resume` and the server go on with what was interrupted.
  const orchestrator = new Orchestrator({ resumeInterrupted: false, ...options });
  await orchestrator.start();
  try {
    return await work(orchestrator);
  } finally {
    await orchestrator.stop();
  }
}

/**
 * The same, in a rehearsal where one is wanted: a script answers in place of a model.
 *
 * @param rehearse - whether it is
 */
export async function withRehearsal<T>(
  rehearse: boolean,
  options: OrchestratorOptions,
  work: (orchestrator: Orchestrator) => Promise<T>,
): Promise<T> {
  if (!rehearse) return withOrchestrator(options, work);
  const { lookAround, startRehearsalServer } = await import("@claude-orchestrator/rehearsal");
  const server = await startRehearsalServer({ script: lookAround() });
  try {
    return await withOrchestrator({ ...options, endpoint: { baseUrl: server.url, rehearsal: true } }, work);
  } finally {
    await server.close();
  }
}

let abortRun: (() => void) | null = null;
let isOutputGone = false;

/**
 * Nobody reads what we print any more: the terminal is closed, or the pipe (`| head`). A run is asked to end, as by a
 * signal; any other command has nothing left to do.
 */
export function onOutputGone(): void {
  if (isOutputGone) return;
  isOutputGone = true;
  if (abortRun) abortRun();
  else process.exit(0);
}

/** How long an interrupted run may take to end its agents before we leave without it; the guards end the rest. */
const INTERRUPT_LIMIT_MS = 10_000;
export const INTERRUPTED_EXIT_CODE = 130;

/**
 * Runs something that Ctrl-C, a closed terminal or a kill may interrupt: it is asked to end once, and left at the
 * second signal. Only the command line does this; the library never touches signals.
 *
 * @param work - gets the signal that is aborted
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  abortRun = () => controller.abort();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
    controller.abort();
    setTimeout(() => process.exit(INTERRUPTED_EXIT_CODE), INTERRUPT_LIMIT_MS).unref();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    abortRun = null;
  }
}

/** Resolves when somebody ends it. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * How a run is shown: live in a terminal, line by line otherwise, not at all for a program.
 *
 * @param signal - when it is aborted the view says that the agents are being ended
 */
export async function createProgress(
  orchestrator: Orchestrator,
  isQuiet: boolean,
  signal: AbortSignal,
): Promise<Progress> {
  if (isQuiet) return { follow: () => {}, note: () => {}, stop: async () => {} };
  const progress = await (process.stdout.isTTY ? createLiveProgress(orchestrator) : createPlainProgress(orchestrator));
  signal.addEventListener("abort", () => progress.note("Ending the agents; press Ctrl-C again to leave at once."));
  return progress;
}

/** The exit code that tells how a task ended. */
export function exitCodeOf(result: TaskResult): number {
  if (result.success) return 0;
  if (result.status === "cancelled") return INTERRUPTED_EXIT_CODE;
  return exitCodeOfError(result.error);
}

/** The exit code of a command whose work failed for a reason. */
export function exitCodeOfError(error: ErrorRecord | null): number {
  return error ? ERROR_CODES[error.code].exitCode || 1 : 1;
}
