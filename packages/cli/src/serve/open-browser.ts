import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How long a browser may take to read the file that leads it. */
const READ_MS = 15_000;

/** Whether there is a browser to be opened: somebody sits at this machine. */
export function canOpenBrowser(environment: NodeJS.ProcessEnv): boolean {
  if (!process.stdout.isTTY || environment.SSH_CONNECTION !== undefined) return false;
  if (process.platform === "darwin" || process.platform === "win32") return true;
  return environment.DISPLAY !== undefined || environment.WAYLAND_DISPLAY !== undefined;
}

/**
 * Opens a link in the user's browser, by way of a file that only the user may read: arguments of a command can be seen
 * by everybody on the machine.
 *
 * @param home - the data folder
 * @param link - with a code that signs in whoever has it
 */
export function openBrowser(home: string, link: string): void {
  const path = join(home, "open.html");
  const page = `<!doctype html><meta charset="utf-8"><title>Orchestrator</title><meta http-equiv="refresh" content="0; url=${link}"><a href="${link}">Open</a>\n`;
  writeFileSync(path, page, { mode: 0o600 });
  const [command, ...options] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  const child = spawn(command ?? "", [...options, path], { stdio: "ignore", detached: true });
  // There is no such program: the link is printed anyway.
  child.on("error", () => {});
  child.unref();
  setTimeout(() => rmSync(path, { force: true }), READ_MS).unref();
  process.on("exit", () => rmSync(path, { force: true }));
}
