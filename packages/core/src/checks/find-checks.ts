import { join } from "node:path";
import type { CheckCommand } from "../domain/index.js";
import type { Variables } from "../processes/index.js";
import { DETECTORS, type Detection, detectMake } from "./detectors.js";
import { findRecipe, MAKEFILES } from "./makefile.js";
import { readPackage } from "./package-scripts.js";
import { isOnPath, openProjectFolder, type ProjectFolder } from "./project-folder.js";

/** Enough for the tests of most projects; the configuration names checks that need longer. */
const TIMEOUT_MINUTES = 15;

/**
 * Finds out how a project is checked, from the files that its tools leave. Only reads: no program of the project runs.
 *
 * @param options.root - the top of its files
 * @param options.directory - the folder below it where agents work, empty for the top; the top is looked at where it
 * tells nothing
 * @param options.variables - the user's environment: what is not on its PATH cannot be run
 * @returns the commands, and in words what was found and cannot be used
 */
export function findChecks(options: { root: string; directory: string; variables: Variables }): {
  checks: FoundCheck[];
  warnings: string[];
} {
  const { root, directory, variables } = options;
  const warnings: string[] = [];
  const warn = (message: string) => {
    if (!warnings.includes(message)) warnings.push(message);
  };
  const top = openProjectFolder(root, warn);
  for (const below of directory === "" ? [""] : [directory, ""]) {
    const folder = below === "" ? top : openProjectFolder(join(root, below), warn);
    const detections = detect(folder, top, variables, warn);
    if (detections.length > 0) return { checks: detections.map((each, _, all) => toCheck(each, all, below)), warnings };
  }
  return { checks: [], warnings };
}

function detect(
  folder: ProjectFolder,
  top: ProjectFolder,
  variables: Variables,
  warn: (message: string) => void,
): Detection[] {
  const usable = (detection: Detection | null): detection is Detection => {
    if (!detection) return false;
    const { program, source, isInstalled } = detection;
    if (isInstalled ?? isOnPath(program, variables.PATH)) return true;
    warn(`${source} was found, but ${program} is not installed: nothing checks it.`);
    return false;
  };
  const found = DETECTORS.map((detector) => detector({ folder, top, variables, warn })).filter(usable);
  // A makefile as a rule only calls the tools that were found.
  return found.length > 0 ? found : [detectMake(folder)].filter(usable);
}

/** A check of which nobody has looked yet what stands behind it. */
type FoundCheck = Omit<CheckCommand, "definition">;

function toCheck(detection: Detection, all: readonly Detection[], directory: string): FoundCheck {
  const { program, command, source } = detection;
  const name = all.length === 1 ? "test" : program;
  return { name, command, directory, timeoutMinutes: TIMEOUT_MINUTES, source };
}

/**
 * Says what stands behind the name of each check in the files, so that a task that changes its own check is noticed.
 *
 * @param options.root - the top of the files
 * @param options.checks - the commands
 * @returns by check: the scripts of `package.json` or the recipe of a makefile; empty for a command that says it all
 */
export function checkDefinitions(options: {
  root: string;
  checks: readonly Pick<CheckCommand, "name" | "command" | "directory">[];
}): Record<string, string> {
  const { root, checks } = options;
  return Object.fromEntries(
    checks.map(({ name, command, directory }) => [name, define(join(root, directory), command)]),
  );
}

function define(path: string, command: string): string {
  // Whoever cannot be read defines nothing; where it had been read before, that is a change.
  const folder = openProjectFolder(path, () => {});
  const [tool = "", ...words] = command.trim().split(/\s+/);
  const [target = ""] = words.filter((word) => word !== "run" && !word.startsWith("-"));
  if (["npm", "pnpm", "yarn"].includes(tool)) return defineScript(folder, target === "t" ? "test" : target);
  if (tool !== "make") return "";
  const text = MAKEFILES.map((name) => folder.read(name)).find((content) => content !== null) ?? "";
  return findRecipe(text, target) ?? "";
}

function defineScript(folder: ProjectFolder, script: string): string {
  try {
    const { scripts } = readPackage(folder.read("package.json") ?? "{}");
    const names = [`pre${script}`, script, `post${script}`].filter((name) => scripts.has(name));
    return names.map((name) => `${name}: ${scripts.get(name)}`).join("\n");
  } catch {
    // Not JSON any more: no script is defined.
    return "";
  }
}
