/**
 * Reads the scripts of a `package.json`.
 *
 * @param text - the file
 * @returns its scripts and the package manager it names
 * @throws SyntaxError for what is not JSON
 */
export function readPackage(text: string): { scripts: Map<string, string>; packageManager: string } {
  const content: unknown = JSON.parse(text);
  const fields = isRecord(content) ? content : {};
  const scripts = Object.entries(isRecord(fields.scripts) ? fields.scripts : {});
  return {
    scripts: new Map(scripts.filter((entry): entry is [string, string] => typeof entry[1] === "string")),
    packageManager: typeof fields.packageManager === "string" ? fields.packageManager : "",
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
