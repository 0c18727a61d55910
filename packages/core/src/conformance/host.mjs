import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { OWNER_MARKER } from "../../dist/processes/index.js";

/**
 * Hosts an engine in this process for the conformance suite, which tells it over the channel what to do. It may be
 * killed, stopped and continued like any other process, and does that to itself where its settings say so.
 *
 * @param open - puts store and engine together: `({ address, ownerId, leaseMs, maxRunning }, { executors, watch, now,
 *   onTrouble })`, where `watch` goes around the store that the engine is given; answers `{ store, engine, close }`
 */
export async function hostEngine(open) {
  const settings = JSON.parse(process.argv[2]);
  const clock = { offsetMs: settings.clockOffsetMs ?? 0 };
  const executor = createExecutor(settings, () => hosted.store);
  const kinds = ["agent", "plan", "baseline", "check", "merge", "conflict"];
  const hosted = await open(settings, {
    executors: Object.fromEntries(kinds.map((kind) => [kind, executor])),
    watch: (store) => watch(store, settings),
    now: () => Date.now() + clock.offsetMs,
    onTrouble: (message, error) => say(`trouble: ${message}: ${error?.message}`),
  });
  const { engine } = hosted;
  const commands = {
    start: (taskId) => engine.start(taskId),
    wait: (taskId) => engine.wait(taskId),
    cancel: (taskId, reason) => engine.cancel(taskId, reason),
    pause: (taskId, options) => engine.pause(taskId, options),
    resume: (taskId) => engine.resume(taskId),
    end: (stepKey) => executor.end(stepKey),
    setClock: (offsetMs) => {
      clock.offsetMs = offsetMs;
    },
    warn: async (count) => {
      for (let index = 0; index < count; index += 1) {
        const data = { message: `${settings.ownerId} ${index}` };
        await hosted.store.append([{ type: "task.warned", taskId: null, stepKey: null, agentId: null, data }]);
      }
    },
    // Between two operations: one that is stopped within a transaction would keep the database locked for everybody.
    stop: () => process.send({ line: "stop" }, () => process.kill(process.pid, "SIGSTOP")),
    close: async () => {
      await hosted.close();
      setImmediate(() => process.disconnect());
    },
  };
  process.on("message", ({ id, command, args }) => {
    Promise.resolve()
      .then(() => commands[command](...args))
      .then(
        () => process.send({ id }),
        (error) => process.send({ id, error: { code: error.code ?? null, message: error.message } }),
      );
  });
  // Whoever tested is gone.
  process.on("disconnect", () => process.exit());
  say("ready");
}

function say(line) {
  if (process.connected) process.send({ line });
}

/** Runs each step as a child process; the step's instructions say how the child behaves. */
function createExecutor({ folder, ownerId }, getStore) {
  const told = new Map();
  const write = (what, { task, step }, attempt, pid) => {
    const line = { what, taskId: task.taskId, stepKey: step.stepKey, attempt, ownerId, pid };
    // At once and in one piece: it must be there also when this process is killed right after.
    appendFileSync(join(folder, "journal.jsonl"), `${JSON.stringify(line)}\n`);
    say(`${what} ${step.stepKey}`);
  };

  async function runChild(context, behaviour, attempt) {
    const { signal, step } = context;
    const stays = behaviour.staysOn === "always" || behaviour.staysOn?.includes(attempt);
    const child = spawn("sleep", [String(stays ? 3_600 : (behaviour.seconds ?? 0))], {
      stdio: "ignore",
      env: { PATH: process.env.PATH, [OWNER_MARKER]: ownerId },
    });
    const exited = once(child, "exit");
    const abort = () => child.kill("SIGKILL");
    let isTold = false;
    told.set(step.stepKey, () => {
      isTold = true;
      child.kill("SIGKILL");
    });
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    write("run", context, attempt, child.pid);
    const message = behaviour.listens ? await hear(context, getStore()) : null;
    if (behaviour.listens) child.kill("SIGKILL");
    const [code] = await exited;
    signal.removeEventListener("abort", abort);
    told.delete(step.stepKey);
    write("end", context, attempt, child.pid);
    if (signal.aborted) return "aborted";
    return isTold || message !== null || code === 0 ? (message ?? step.stepKey) : null;
  }

  return {
    async run(context) {
      const { step, signal } = context;
      const behaviour = step.instructions === "" ? {} : JSON.parse(step.instructions);
      for (let attempt = context.attempt; ; attempt += 1) {
        const summary = await runChild(context, behaviour, attempt);
        if (signal.aborted) return { status: "cancelled", reason: signal.reason.message };
        const error = { code: "process_exited", message: "Its process ended.", hint: "" };
        // Somebody else has killed the child: it is tried again, as a step of an agent would be.
        if (summary === null) {
          await context.attemptFailed(error);
          continue;
        }
        if (behaviour.failsOn?.includes(attempt)) return { status: "failed", error };
        const { adds } = behaviour;
        return { status: "succeeded", handoff: { summary }, ...(adds ? { extension: adds } : {}) };
      }
    },
    prepare() {},
    async finish(task, isSuspended) {
      say(`finish ${task.taskId} ${isSuspended ? "suspended" : "ended"}`);
    },
    end(stepKey) {
      const end = told.get(stepKey);
      if (!end) throw new Error(`no step ${stepKey} runs here`);
      end();
    },
  };
}

/** Waits for a message to the step's agent: one that came before counts as well. */
async function hear({ task, step, signal }, store) {
  const agentId = `agent_${step.stepKey}`;
  const after = await store.lastSeq();
  const [open] = await store.listOpenMessages(agentId);
  if (open) return open.text;
  say(`listen ${step.stepKey}`);
  for await (const event of store.subscribe({ taskId: task.taskId, agentId, after, signal }))
    if (event.type === "agent.messaged") return event.data.text;
  return null;
}

/** What each operation of the store writes into the log. */
const WRITES = {
  claimTask: () => [{ type: "task.started", stepKey: null }],
  resumeTask: () => [{ type: "task.resumed", stepKey: null }],
  claimStep: ({ stepKey }) => [{ type: "step.started", stepKey }],
  endStep: (event) => [event],
  append: (events) => events,
  appendAsOwner: (_taskId, _ownerId, events) => events,
};

/** Kills or stops this process just before or after the store writes a certain event for the first time. */
function watch(store, { signalAt }) {
  if (!signalAt) return store;
  let isOver = false;
  const signal = () => {
    isOver = true;
    process.kill(process.pid, signalAt.signal);
  };
  return new Proxy(store, {
    get(target, name) {
      const method = target[name];
      const written = WRITES[name];
      if (!written) return method;
      return async (...args) => {
        const isThere =
          !isOver &&
          written(...args).some(
            ({ type, stepKey }) => type === signalAt.type && (signalAt.stepKey ?? null) === stepKey,
          );
        if (isThere && signalAt.when === "before") signal();
        const answer = await method.apply(target, args);
        if (isThere && signalAt.when === "after") signal();
        return answer;
      };
    },
  });
}
