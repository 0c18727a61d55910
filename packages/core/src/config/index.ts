/** The configuration: its schema, its sources and their precedence. */

export { tidyCheckoutPath } from "./checkout-path.js";
export { loadConfig } from "./load-config.js";
export { PACKAGE_ROOT, requireFromPackage } from "./package-root.js";
export { type Config, type ModelPrice, pickProjectSettings } from "./schema.js";
export { readSmallFile } from "./small-file.js";
