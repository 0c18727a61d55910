// @ts-check
/**
 * A worker that takes prompts from a queue: `node examples/queue-worker.mjs`
 *
 * The queue is an array here. With Redis, RabbitMQ or Kafka `take` and `settle` are what changes.
 */
import { Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import { httpError, script } from "@claude-orchestrator/rehearsal";
import { handOver, money, play } from "./stage.mjs";

/** @typedef {{ id: number, prompt: string, tries: number }} Job */

const WORKERS = 2;
const MAX_TRIES = 2;
/** The endpoint's trouble, not the job's: another try may succeed. */
const PASSING = ["model_unavailable", "model_call_timeout", "usage_limit", "database_locked"];

/** How often the scripted endpoint has no room. */
let overloads = 1;

await play(
  async ({ options, signal, isRehearsal }) => {
    // An endpoint that is out for a while is the queue's to wait for: its jobs go back.
    const environment = { ...(options.environment ?? process.env), ORCHESTRATOR_ENDPOINT_PATIENCE_SECONDS: "0" };
    // Several such processes may share one database; the limits below count over all of them.
    const limits = { maxParallelAgents: WORKERS, dailyBudgetUsd: 5 };
    const orchestrator = new Orchestrator({ ...options, environment, ...limits });
    await orchestrator.start();

    const prompts = [
      "What is here?",
      "Is it licensed? (overloaded once)",
      "Is it tested? (refused)",
      "Is it documented?",
    ];
    /** @type {Job[]} */
    const queue = prompts.map((prompt, index) => ({ id: index + 1, prompt, tries: 0 }));
    const take = () => (signal.aborted ? undefined : queue.shift());

    /** @param {Job} job @param {string} outcome */
    const settle = (job, outcome) => console.log(`job ${job.id}  ${outcome}`);

    /** @param {Job} job */
    const work = async (job) => {
      job.tries += 1;
      try {
        // Each job has a budget, and ends when the worker is to end.
        const { prompt } = job;
        const result = await orchestrator.executeCustomWorkflow({ prompt, roles: ["scout"], budgetUsd: 0.25, signal });
        if (result.success) return settle(job, `${result.output} ${money(result.metrics.totalCostUsd)}`);
        // `error` is what ended the task; the digest names the step's own cause.
        settleFailure(job, result.digest?.cause ?? result.error);
      } catch (error) {
        // Nothing was begun: bad input, no login, no money left today.
        if (!OrchestratorError.is(error)) throw error;
        settleFailure(job, error);
      }
    };

    /** @param {Job} job @param {{ code: string } | null} cause */
    const settleFailure = (job, cause) => {
      const isOurs = signal.aborted || (PASSING.includes(cause?.code ?? "") && job.tries < MAX_TRIES);
      if (isOurs) queue.push(job);
      settle(job, isOurs ? `back in the queue: ${cause?.code}` : `given up: ${cause?.code}`);
    };

    const worker = async () => {
      for (let job = take(); job; job = take()) await work(job);
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));

    // Over all workers, from the one ledger. Rehearsals are counted apart.
    const rows = await orchestrator.costs("task", { rehearsal: isRehearsal });
    console.log(`tasks  ${(await orchestrator.listTasks()).length}, of which ${rows.length} made model calls`);
    await orchestrator.stop();
  },
  script().role("scout", (call) => {
    const prompt = call.userText.split("\n")[2] ?? "";
    if (prompt.includes("refused")) return httpError(400);
    if (prompt.includes("overloaded") && overloads-- > 0) return httpError(529);
    return handOver(call, `Looked: ${prompt}`);
  }),
);
