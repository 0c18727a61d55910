import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { requireFromPackage } from "../../config/index.js";

const run = promisify(execFile);
const TIMEOUT_MS = 5_000;

/**
 * Finds the native Claude CLI that came with the Agent SDK.
 *
 * @returns its path, or `null` where npm did not install it for this platform
 */
export function findExecutable(): string | null {
  const name = process.platform === "win32" ? "claude.exe" : "claude";
  const platform = `${process.platform}-${process.arch}`;
  for (const variant of [platform, `${platform}-musl`]) {
    try {
      return requireFromPackage.resolve(`@anthropic-ai/claude-agent-sdk-${variant}/${name}`);
    } catch {
      // Not this variant: npm installs the one that fits.
    }
  }
  return null;
}

/** The CLI's version, or `null` where it does not run. */
export async function readVersion(executable: string, environment: Record<string, string>): Promise<string | null> {
  try {
    const { stdout } = await run(executable, ["--version"], { env: environment, timeout: TIMEOUT_MS });
    return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? null;
  } catch {
    return null;
  }
}

/** Asks the CLI whether it is logged in: it answers with its exit code, without a model call. */
export async function isLoggedIn(executable: string, environment: Record<string, string>): Promise<boolean> {
  try {
    await run(executable, ["auth", "status"], { env: environment, timeout: TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}
