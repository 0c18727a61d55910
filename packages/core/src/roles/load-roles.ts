import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT, readSmallFile } from "../config/index.js";
import { OrchestratorError } from "../domain/index.js";
import { type Role, type RoleKind, withoutWritingTools } from "./role.js";
import { parseRoleFile } from "./role-file.js";

const BUILT_IN_FOLDER = join(PACKAGE_ROOT, "roles");

/** Where a repository may bring roles, weakest first: a later one replaces an earlier one of the same name. */
const REPOSITORY_FOLDERS = [join(".claude", "agents"), join(".orchestrator", "roles")];

/**
 * Loads the built-in roles and those of a repository.
 *
 * @param workingDirectory - the repository
 * @returns the roles by name
 * @throws OrchestratorError `invalid_role` for a file of `.orchestrator/roles` that cannot be used; one of
 *   `.claude/agents`, which was written for another program, is left out with a warning on the others instead
 */
export function loadRoles(workingDirectory: string): { roles: ReadonlyMap<string, Role>; warnings: string[] } {
  const roles = new Map<string, Role>();
  const warnings: string[] = [];
  for (const [name, read] of markdownFiles(BUILT_IN_FOLDER)) {
    const role = { ...parseRoleFile(read(), join(BUILT_IN_FOLDER, name)), source: "built-in" };
    roles.set(role.name, role);
  }
  for (const folder of REPOSITORY_FOLDERS) {
    for (const [name, read] of markdownFiles(join(workingDirectory, folder))) {
      const source = join(folder, name);
      try {
        const role = keepReadOnly(parseRoleFile(read(), source));
        warnings.push(...role.warnings);
        roles.set(role.name, role);
      } catch (error) {
        if (!OrchestratorError.is(error) || folder.startsWith(".orchestrator")) throw error;
        warnings.push(`${error.message} It is left out.`);
      }
    }
  }
  return { roles, warnings };
}

/** Roles that cannot write, whoever describes them. */
const READ_ONLY: Readonly<Record<string, RoleKind>> = {
  analyst: "research",
  scout: "research",
  planner: "plan",
  reviewer: "review",
};

/** A repository's own version of such a role keeps to what the name promises: it reads, and hands over the same. */
function keepReadOnly(role: Role): Role {
  const kind = READ_ONLY[role.name];
  if (!kind) return role;
  const tools = withoutWritingTools(role.tools);
  const lost = role.writes
    ? [`${role.source}:1 the role ${role.name} cannot write; its writing tools are left out`]
    : [];
  return {
    ...role,
    tools,
    writes: false,
    kind: role.kind === "custom" ? kind : role.kind,
    warnings: [...role.warnings, ...lost],
  };
}

/**
 * Finds a role by name.
 *
 * @throws OrchestratorError `invalid_input` that lists the roles there are
 */
export function requireRole(roles: ReadonlyMap<string, Role>, name: string): Role {
  const role = roles.get(name);
  if (role) return role;
  throw new OrchestratorError(
    "invalid_input",
    `There is no role "${name}".`,
    `The roles are: ${[...roles.keys()].sort().join(", ")}. Add your own in .orchestrator/roles/${name}.md.`,
  );
}

function markdownFiles(folder: string): [name: string, read: () => string][] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw unreadable(folder, `cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  return names
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => [name, () => readText(join(folder, name))]);
}

function readText(path: string): string {
  try {
    const text = readSmallFile(path);
    if (text !== null) return text;
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
  throw unreadable(path, "is a link to nothing");
}

function unreadable(path: string, problem: string, cause?: unknown): OrchestratorError {
  return new OrchestratorError("invalid_role", `${path} ${problem}.`, "Make it readable, or remove it.", { cause });
}
