import { spawn } from "node:child_process";

/** What a shell ends with when there is no such command. */
const NOT_FOUND_EXIT_CODE = 127;

/**
 * Shows a text in the user's pager, `less` unless `PAGER` says otherwise; without one it is printed.
 *
 * @param text - the text, in colour where that is wanted
 */
export async function page(text: string): Promise<void> {
  const pager = process.env.PAGER ?? "less";
  if (pager.trim() === "" || !(await show(pager, text))) process.stdout.write(text);
}

/** @returns whether the pager was there; what it ends with otherwise is the user's own affair */
function show(pager: string, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", pager], {
      // As git does: leave at once what fits the screen, let colours through, keep the screen.
      env: { LESS: "FRX", ...process.env },
      stdio: ["pipe", "inherit", "ignore"],
    });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code !== NOT_FOUND_EXIT_CODE));
    // A user who has seen enough leaves before the end.
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });
}
