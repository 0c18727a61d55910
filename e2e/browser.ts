import { spawnSync } from "node:child_process";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
/** Two test files may want it at once: the second waits for the first. */
const INSTALL = ["-o", "DPkg::Lock::Timeout=200", "install", "--yes", "--no-install-recommends", "chromium"];
const INSTALL_LIMIT_MS = 240_000;
/** What keeps a browser from asking anybody for anything of its own. */
export const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * A browser, installed where that is allowed. Without one a test is skipped, aloud; in CI it fails.
 *
 * @returns the name of its program, or `null`
 */
export function findBrowser(): string | null {
  const find = () => NAMES.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (!find() && process.getuid?.() === 0) {
    const limit = { timeout: INSTALL_LIMIT_MS, stdio: "ignore" } as const;
    spawnSync("apt-get", ["update"], limit);
    spawnSync("apt-get", INSTALL, limit);
  }
  const found = find() ?? null;
  if (found === null) {
    expect(process.env.CI, "CI must have Chromium").not.toBe("true");
    console.warn("SKIPPED: Chromium is not installed, so nothing was looked at in a browser");
  }
  return found;
}

/** Starts a browser without a window. */
export function launchBrowser(program: string): Promise<Browser> {
  const path = spawnSync("which", [program], { encoding: "utf8" }).stdout.trim();
  return chromium.launch({ executablePath: path, args: QUIET });
}

/** A page, with whatever went wrong in it. */
export interface WatchedPage {
  page: Page;
  /** Errors that a script has thrown, or that the browser has written to its console. */
  errors: string[];
}

export async function openWatchedPage(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, errors };
}

/** Holds the page as it stands against WCAG 2.1 AA, in both themes: between them only the colours differ. */
export async function expectAccessible(page: Page): Promise<void> {
  const everything = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] } as const;
  const colours = { type: "rule", values: ["color-contrast", "link-in-text-block"] } as const;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(SETTLED);
    const { type, values } = colorScheme === "light" ? everything : colours;
    const { violations } = await new AxeBuilder({ page }).options({ runOnly: { type, values: [...values] } }).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`));
    expect(found, `${new URL(page.url()).pathname} in ${colorScheme}`).toEqual([]);
  }
}

/** Runs in the page: three frames, and the end of every transition. */
const SETTLED = `(async () => {
  for (let frames = 0; frames < 3; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  const ending = document.getAnimations().filter((each) => each.effect?.getComputedTiming().iterations === 1);
  await Promise.allSettled(ending.map((each) => each.finished));
})()`;
