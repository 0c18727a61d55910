/** The configuration: its schema, its sources and their precedence. */

export { loadConfig } from "./load-config.js";
export { type Config, type ModelPrice, pickProjectSettings } from "./schema.js";
export { readSmallFile } from "./small-file.js";
