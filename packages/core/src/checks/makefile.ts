/** The names that make looks for, in its order. */
export const MAKEFILES = ["GNUmakefile", "makefile", "Makefile"];

/**
 * Finds what a makefile does for a target.
 *
 * @param text - the makefile
 * @param target - its name
 * @returns its rules, each with its recipe; `null` where it has none
 */
export function findRecipe(text: string, target: string): string | null {
  const found: string[] = [];
  let isInside = false;
  for (const line of text.split("\n")) {
    const isRecipe = line.startsWith("\t");
    if (!isRecipe && line.trim() !== "" && !line.startsWith("#")) isInside = namesTarget(line, target);
    if (isInside && line.trim() !== "") found.push(line.trimEnd());
  }
  return found.length > 0 ? found.join("\n") : null;
}

/** `test: build` and `check test::` do, `test := 1` sets a variable. */
function namesTarget(line: string, target: string): boolean {
  const colon = line.indexOf(":");
  if (colon < 0 || /^::?=/.test(line.slice(colon, colon + 3)) || line.slice(0, colon).includes("=")) return false;
  return line.slice(0, colon).trim().split(/\s+/).includes(target);
}
