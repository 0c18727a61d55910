import { createRequire } from "node:module";
import { dirname } from "node:path";

/** The top of this package, wherever its code lies: the command line has a copy of it bundled into its own. */
export const PACKAGE_ROOT = dirname(createRequire(import.meta.url).resolve("@claude-orchestrator/core/package.json"));

/** Finds what this package depends on. */
export const requireFromPackage = createRequire(`${PACKAGE_ROOT}/package.json`);
