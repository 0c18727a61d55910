// @ts-check
/**
 * Where the examples play. By default that is a rehearsal: a script on this machine answers in place of a model, in a
 * folder that is removed afterwards. With `--real` it is your own login, your data folder and the current directory.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { lookAround, reply, sampleFromSchema, startRehearsalServer } from "@claude-orchestrator/rehearsal";

/**
 * @typedef {import("@claude-orchestrator/core").OrchestratorOptions} OrchestratorOptions
 * @typedef {import("@claude-orchestrator/rehearsal").CallContext} CallContext
 * @typedef {import("@claude-orchestrator/rehearsal").Script} Script
 *
 * @typedef {object} Stage
 * @property {boolean} isRehearsal
 * @property {OrchestratorOptions} options  what `new Orchestrator` is given
 * @property {AbortSignal} signal  aborted by Ctrl-C, and when the example takes too long
 * @property {(files: Record<string, string>) => string} makeRepository  a temporary folder with these files
 */

const REHEARSAL_LIMIT_MS = 90_000;
const REAL_LIMIT_MS = 30 * 60_000;

/** The project that the agents of a rehearsal find. */
const PROJECT = {
  "README.md": "# Prices\n\nAdds up prices and rounds them.\n",
  "src/round.js": "export const round = (price) => Math.round(price * 100) / 100;\n",
};

/**
 * Runs an example and clears away after it.
 *
 * @param {(stage: Stage) => Promise<void>} example
 * @param {Script} [script]  what the model of the rehearsal says; by default it looks around and changes nothing
 */
export async function play(example, script = lookAround()) {
  const { values } = parseArgs({ options: { real: { type: "boolean" } } });
  const isRehearsal = !values.real;
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-example-")));
  process.once("exit", () => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));

  const ending = new AbortController();
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(name, () => ending.abort());
  setTimeout(() => ending.abort(), isRehearsal ? REHEARSAL_LIMIT_MS : REAL_LIMIT_MS).unref();
  const { signal } = ending;

  /** @param {Record<string, string>} files */
  const makeRepository = (files) => {
    const folder = mkdtempSync(join(root, "repository-"));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  };

  const server = isRehearsal ? await startRehearsalServer({ script }) : null;
  console.log(
    server
      ? "REHEARSAL: a script answers in place of a model. Nothing is charged."
      : `REAL: your login and your data folder; agents work in ${process.cwd()}.`,
  );
  try {
    const options = server ? rehearsalOptions(root, makeRepository(PROJECT), server.url) : {};
    await example({ isRehearsal, options, signal, makeRepository });
    if (server) console.log("This was a rehearsal: costs are what the calls would have cost at list price.");
  } catch (error) {
    console.error(error);
    // An orchestrator may still be open; without it the process would not end.
    process.exit(1);
  } finally {
    await server?.close();
  }
}

/**
 * Nothing of yours: no variable that names your database, no home, no folder for temporary files.
 *
 * @param {string} root
 * @param {string} workingDirectory
 * @param {string} baseUrl
 * @returns {OrchestratorOptions}
 */
function rehearsalOptions(root, workingDirectory, baseUrl) {
  for (const folder of ["home", "tmp"]) mkdirSync(join(root, folder));
  return {
    workingDirectory,
    home: join(root, "data"),
    environment: {
      PATH: process.env.PATH,
      HOME: join(root, "home"),
      TMPDIR: join(root, "tmp"),
      // A script that refuses a call does so on purpose: the CLI is not to try again by itself.
      ORCHESTRATOR_MODEL_CALL_RETRIES: "0",
    },
    endpoint: { baseUrl, rehearsal: true },
  };
}

/**
 * What a scripted agent hands over: your summary, and otherwise the smallest value that its role's schema accepts.
 *
 * @param {CallContext} call
 * @param {string} summary
 */
export function handOver(call, summary) {
  return reply().handoff({ .../** @type {object} */ (sampleFromSchema(call.handoffSchema ?? {})), summary });
}

/**
 * Answers with what was said, and with how many messages of the conversation the model sees.
 *
 * @param {CallContext} call
 */
export function echo(call) {
  const said = call.request.messages.filter((message) => message.role === "user").length;
  return reply().text(`heard: ${call.userText} (${said})`);
}

/** @param {number | null} usd */
export function money(usd) {
  return usd === null ? "an unknown price" : `$${usd.toFixed(4)}`;
}
