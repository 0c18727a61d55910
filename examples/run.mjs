// @ts-check
/** Runs an example by name, or lists them: `npm run example [<name>] [-- --real]` */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const HELPERS = ["run", "stage"];
const USAGE_EXIT_CODE = 2;

const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.replace(/\.mjs$/, ""))
  .filter((name) => !HELPERS.includes(name))
  .sort();
const [name, ...rest] = process.argv.slice(2);

if (name !== undefined && names.includes(name)) {
  // npm changes to the repository's root; with --real the agents are to work where you are.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const { status } = spawnSync(process.execPath, [`${FOLDER}${name}.mjs`, ...rest], { cwd, stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  if (name !== undefined) {
    console.error(`There is no example "${name}".`);
    process.exitCode = USAGE_EXIT_CODE;
  }
  console.log(
    `The examples are:\n${names.map((each) => `  ${each}`).join("\n")}\n\nRun one: npm run example ${names[0]}`,
  );
}
