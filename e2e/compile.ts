import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/** A temporary folder from which a program finds the packages as a user's would; the caller removes it. */
export function makeProgramFolder(): string {
  return mkdtempSync(join(HERE, "program-"));
}

/**
 * Compiles the programs of a folder as strictly as the repository's own, JavaScript too.
 *
 * @returns the numbers of the lines with errors, by file
 */
export function compileFolder(folder: string): Map<string, number[]> {
  const common = { composite: false, declaration: false, declarationMap: false, noEmit: true };
  const compilerOptions = { ...common, allowJs: true, checkJs: true };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions, include: ["*.ts", "*.mjs"] }),
  );
  const args = [TSC, "-p", folder, "--pretty", "false"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  const errors = new Map<string, number[]>();
  for (const line of `${stdout}${stderr}`.split("\n")) {
    const [, file = "", at] = /^([\w-]+\.(?:ts|mjs))\((\d+),\d+\): error /.exec(line) ?? [];
    if (at) errors.set(file, [...(errors.get(file) ?? []), Number(at)]);
    // An error elsewhere, in the configuration for instance, would let everything pass.
    else if (line.trim() !== "" && !line.startsWith(" ")) throw new Error(`the compiler says: ${stdout}`);
  }
  return errors;
}
