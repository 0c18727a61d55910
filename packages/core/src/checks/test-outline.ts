/** How a runner prints its tests below their suites, by indentation. Each expression has groups `indent` and `name`. */
export interface Outline {
  heading: RegExp;
  failed: RegExp;
  passed: RegExp;
  /** Stands between the names of suites and test. */
  separator: string;
  /** From here on failed tests are named once more, until something passes again. */
  repetition?: RegExp;
  /** A line of `---` begins a block that names no test, and one of `...` below it ends it. */
  hasBlocks?: true;
}

interface Heading {
  indent: number;
  name: string;
  hasTests: boolean;
}

/** What an outline names. A suite that failed only says that a test in it did. */
export interface OutlineNames {
  failed: string[];
  passed: string[];
  failedSuites: string[];
}

/**
 * Reads an outline, line by line.
 *
 * @param outline - what its lines look like
 * @param names - takes what is found
 * @param cleanName - takes durations out of a name
 * @returns takes the next line
 */
export function createOutlineReader(
  outline: Outline,
  names: OutlineNames,
  cleanName: (name: string) => string,
): (line: string) => void {
  const open: Heading[] = [];
  let isRepetition = false;
  let blockEnd: string | null = null;

  const closeFrom = (indent: number) => {
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
  };
  const addResult = (indent: number, name: string, isFailed: boolean) => {
    closeFrom(indent + 1);
    const own = open.at(-1);
    const isSuite = own?.indent === indent && own.name === name && own.hasTests;
    closeFrom(indent);
    const suite = open.at(-1);
    if (suite) suite.hasTests = true;
    const path = [...open.map((heading) => heading.name), name].join(outline.separator);
    if (isSuite && isFailed) names.failedSuites.push(path);
    else if (!isSuite) (isFailed ? names.failed : names.passed).push(path);
  };

  return (line) => {
    if (blockEnd !== null) {
      if (line === blockEnd) blockEnd = null;
      return;
    }
    if (outline.hasBlocks && line.trim() === "---") {
      blockEnd = line.replace("---", "...");
      return;
    }
    if (outline.repetition?.test(line)) {
      isRepetition = true;
      return;
    }
    const passed = outline.passed.exec(line);
    if (passed) isRepetition = false;
    if (isRepetition) return;
    const failed = passed ? null : outline.failed.exec(line);
    const found = (passed ?? failed ?? outline.heading.exec(line))?.groups;
    if (!found) return;
    const indent = (found.indent ?? "").length;
    const name = cleanName(found.name ?? "");
    if (passed || failed) return addResult(indent, name, failed !== null);
    closeFrom(indent);
    open.push({ indent, name, hasTests: false });
  };
}
