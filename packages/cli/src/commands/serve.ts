import type { Command } from "commander";
import { paint } from "../output/format.js";
import { canOpenBrowser, openBrowser } from "../serve/open-browser.js";
import { type ServedFleet, serveFleet } from "../serve/run-server.js";
import { interruptible, untilAborted } from "../session.js";
import { invalid } from "./options.js";

const DEFAULT_PORT = 4720;

interface ServeFlags {
  port: string;
  host: string;
  directory?: string[];
  allowHost?: string[];
  open: boolean;
  rehearse?: true;
}

export function registerServe(program: Command): void {
  program
    .command("serve")
    .description("the fleet in a browser, and over HTTP for programs; this machine only, unless told otherwise")
    .option("--port <number>", "the port; 0 takes any that is free", String(DEFAULT_PORT))
    .option(
      "--host <address>",
      "the address to listen on; any other than this machine's own wants a token first",
      "127.0.0.1",
    )
    .option("--directory <path...>", "where tasks may work, with all that is below (default: the current directory)")
    .option("--allow-host <name...>", "further names that the server may be asked by, such as a proxy's")
    .option("--rehearse", "a script answers in place of a model: no account, no cost")
    .option("--no-open", "do not open a browser")
    .action(async (flags: ServeFlags) => {
      await interruptible((signal) => serve(flags, signal));
    });
}

async function serve(flags: ServeFlags, signal: AbortSignal): Promise<void> {
  const options = {
    port: parsePort(flags.port),
    host: flags.host,
    directories: flags.directory ?? [process.cwd()],
    hostNames: flags.allowHost ?? [],
  };
  const rehearsal = flags.rehearse ? await startRehearsal() : null;
  try {
    const endpoint = rehearsal ? { baseUrl: rehearsal.url, rehearsal: true } : undefined;
    const fleet = await serveFleet({ ...options, orchestrator: { endpoint } });
    try {
      console.log(introduce(fleet, flags.rehearse === true));
      const { home } = fleet.server.orchestrator.config;
      if (flags.open && canOpenBrowser(process.env)) openBrowser(home, fleet.link);
      await untilAborted(signal);
      console.log("\nStopping. Tasks that run are left as they are, and go on when the server starts again.");
    } finally {
      await fleet.close();
    }
  } finally {
    await rehearsal?.close();
  }
}

async function startRehearsal() {
  const { lookAround, startRehearsalServer } = await import("@claude-orchestrator/rehearsal");
  return startRehearsalServer({ script: lookAround() });
}

function introduce({ server, link, firstToken }: ServedFleet, isRehearsal: boolean): string {
  const lines: string[] = [];
  if (isRehearsal)
    lines.push(paint("magenta", "A REHEARSAL. A script answers in place of a model: no account, no cost."), "");
  lines.push(
    `${paint("bold", "The fleet is served at")} ${server.url}`,
    "",
    "Open this link in a browser. It signs in one browser, within ten minutes:",
    `  ${link}`,
  );
  if (firstToken !== null)
    lines.push("", "Programs use a token. The first was made now, and is shown this once:", `  ${firstToken}`);
  lines.push("", paint("gray", "Another link: orchestrator token link. Ctrl-C stops the server."));
  return lines.join("\n");
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw invalid(`The port ${JSON.stringify(text)} is not a number from 0 to 65535`, "For example: --port 4720");
}
