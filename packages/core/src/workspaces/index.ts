/** The directories that agents work in: for now the user's own, with snapshots that tell what changed. */
export { openTreeSnapshots, type TreeId, type TreeSnapshots } from "./tree-snapshots.js";
