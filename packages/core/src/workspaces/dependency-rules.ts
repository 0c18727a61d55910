import { basename, dirname, join } from "node:path";

/** Folders directly in a `node_modules` that hold nothing but caches: the tools fill them again. */
const CACHES = new Set([".cache", ".vite", ".vite-temp", ".vitest", ".turbo"]);

/**
 * Folders directly in a `node_modules` that begin with a dot and hold packages nevertheless. No package has such a
 * name, so every other one is what a tool writes, such as the client that Prisma generates.
 */
const STORES = new Set([".pnpm", ".store", ".bun", ".deno"]);

/** Text files in a Python environment's folder of packages that may name the place of the project. */
const NAMES_A_PLACE = /^__editable__|\.pth$|\.egg-link$|^direct_url\.json$/;

/** Where in a dependency folder something lies. */
export interface Place {
  /** The Python environment around it, or `null`. */
  environment: string | null;
  /** True inside a folder that a tool writes to. */
  isToolFolder: boolean;
}

/** True for a folder that is not worth sharing. */
export function isCache(folder: string): boolean {
  return isDirectlyInModules(folder) && CACHES.has(basename(folder));
}

/** True for a folder whose files tools rewrite in place. */
export function isToolFolder(folder: string): boolean {
  const name = basename(folder);
  return isDirectlyInModules(folder) && name.startsWith(".") && !STORES.has(name);
}

/**
 * True for a file that the workspace needs for itself: tools rewrite it in place, or it names places of the checkout.
 *
 * @param file - its path
 * @param place - where it lies
 */
export function needsOwnCopy(file: string, place: Place): boolean {
  const folder = dirname(file);
  if (place.isToolFolder || isDirectlyInModules(file) || basename(folder) === ".pnpm") return true;
  if (place.environment === null) return false;
  const isTop = folder === place.environment || folder === join(place.environment, "bin");
  return isTop || NAMES_A_PLACE.test(basename(file));
}

function isDirectlyInModules(path: string): boolean {
  return basename(dirname(path)) === "node_modules";
}
