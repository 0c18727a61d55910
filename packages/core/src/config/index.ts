/** The configuration: its schema, its sources and their precedence. */

export { loadConfig } from "./load-config.js";
export type { Config, ModelPrice } from "./schema.js";
export { readSmallFile } from "./small-file.js";
