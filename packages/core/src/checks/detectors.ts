import { spawnSync } from "node:child_process";
import { pickVariables, type Variables } from "../processes/index.js";
import { findRecipe, MAKEFILES } from "./makefile.js";
import { readPackage } from "./package-scripts.js";
import { isOnPath, type ProjectFolder } from "./project-folder.js";

/** A way to check the project. */
export interface Detection {
  /** The tool, which gives the check its name where there are several. */
  program: string;
  command: string;
  /** The file that speaks for it. */
  source: string;
  /** Where known already; otherwise the tool is looked for on the PATH. */
  isInstalled?: boolean;
}

interface Place {
  folder: ProjectFolder;
  /** The top of the project's files, where a workspace's lock file lies. */
  top: ProjectFolder;
  variables: Variables;
  warn(message: string): void;
}

type Detector = (place: Place) => Detection | null;

/** All but make, which is the last resort. */
export const DETECTORS: readonly Detector[] = [
  detectPackage,
  detectPytest,
  byFile("Cargo.toml", "cargo", "cargo test"),
  byFile("go.mod", "go", "go test ./..."),
  detectMaven,
  detectGradle,
];

/** What `npm init` writes where a project has no tests. */
const NO_TEST = "no test specified";

function detectPackage({ folder, top, warn }: Place): Detection | null {
  const source = "package.json";
  const text = folder.read(source);
  if (text === null) return null;
  try {
    const { scripts, packageManager } = readPackage(text);
    const script = scripts.get("test")?.trim();
    if (!script || script.includes(NO_TEST)) return null;
    const program =
      packageManager.match(/^(npm|pnpm|yarn)@/)?.[1] ?? managerOfLockFile(folder) ?? managerOfLockFile(top);
    return { program: program ?? "npm", command: `${program ?? "npm"} test`, source };
  } catch {
    // The parser's words would quote the file, which may be a link to anywhere.
    warn(`${source} is not valid JSON: it is left out of account.`);
    return null;
  }
}

const LOCK_FILES = { npm: "package-lock.json", pnpm: "pnpm-lock.yaml", yarn: "yarn.lock" };

function managerOfLockFile(folder: ProjectFolder): string | null {
  const names = folder.list(".");
  const found = Object.entries(LOCK_FILES).find(([, file]) => names.includes(file));
  return found?.[0] ?? null;
}

function detectPytest({ folder, variables }: Place): Detection | null {
  const source = findPytestFile(folder);
  if (source === null) return null;
  const program = "pytest";
  const own = ".venv/bin/python";
  if (folder.isProgram(own)) return { program, command: `${own} -m pytest`, source, isInstalled: true };
  if (canImportPytest(folder, variables)) return { program, command: "python3 -m pytest", source, isInstalled: true };
  return { program, command: "pytest", source };
}

function findPytestFile(folder: ProjectFolder): string | null {
  if (folder.read("pytest.ini") !== null) return "pytest.ini";
  if (folder.read("conftest.py") !== null) return "conftest.py";
  if (/^[ \t]*\[tool\.pytest/m.test(folder.read("pyproject.toml") ?? "")) return "pyproject.toml";
  if (/^\[tool:pytest\]/m.test(folder.read("setup.cfg") ?? "")) return "setup.cfg";
  if (/^\[pytest\]/m.test(folder.read("tox.ini") ?? "")) return "tox.ini";
  const isTest = (name: string) => /^test_.*\.py$/.test(name);
  const below = folder.list("tests").find(isTest);
  return below ? `tests/${below}` : (folder.list(".").find(isTest) ?? null);
}

const PROBE_TIMEOUT_MS = 10_000;
/** Without the folder itself in the path: a file of the project's would run. */
const PROBE =
  "import sys; sys.path[:] = filter(None, sys.path); import importlib.util as u; sys.exit(u.find_spec('pytest') is None)";

function canImportPytest(folder: ProjectFolder, variables: Variables): boolean {
  if (!isOnPath("python3", variables.PATH)) return false;
  // In the folder, because tools that manage versions choose by it.
  const options = { cwd: folder.path, env: pickVariables(variables, []), timeout: PROBE_TIMEOUT_MS };
  return spawnSync("python3", ["-c", PROBE], { ...options, stdio: "ignore", killSignal: "SIGKILL" }).status === 0;
}

function detectMaven({ folder }: Place): Detection | null {
  if (folder.read("pom.xml") === null) return null;
  return withWrapper(folder, "mvnw", "mvn", "pom.xml");
}

function detectGradle({ folder }: Place): Detection | null {
  const source = ["build.gradle", "build.gradle.kts"].find((name) => folder.read(name) !== null);
  return source ? withWrapper(folder, "gradlew", "gradle", source) : null;
}

/** A project's own script fetches the tool where it is not installed. */
function withWrapper(folder: ProjectFolder, wrapper: string, program: string, source: string): Detection {
  if (folder.isProgram(wrapper)) return { program, command: `./${wrapper} test`, source, isInstalled: true };
  return { program, command: `${program} test`, source };
}

function byFile(source: string, program: string, command: string): Detector {
  return ({ folder }) => (folder.read(source) === null ? null : { program, command, source });
}

/** Where no tool of its own speaks for a project, its makefile may. */
export function detectMake(folder: ProjectFolder): Detection | null {
  const source = MAKEFILES.find((name) => folder.list(".").includes(name) && folder.read(name) !== null);
  const text = source ? folder.read(source) : null;
  if (!source || text === null) return null;
  const target = ["test", "check"].find((name) => findRecipe(text, name) !== null);
  return target ? { program: "make", command: `make ${target}`, source } : null;
}
