import { createRequire } from "node:module";

/** The version of the command line. */
export const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
