import type { TestCounts } from "../domain/index.js";
import type { Outline } from "./test-outline.js";

/** What a check's output says of single tests. */
export interface TestResults {
  /** `null` where it has no summary that we know. */
  counts: TestCounts | null;
  failed: string[];
  passed: string[];
}

/**
 * How a test runner says what it has run. It is known by its summary, whose group `counts` has numbers and words; once
 * it is known, the lines that name single tests count, too.
 */
export interface TestFormat {
  summary: RegExp;
  /** With a group `failed` or `passed`, each a test's name. */
  tests?: readonly RegExp[];
  /** Names that stand in an outline of suites. */
  outline?: Outline;
  /** With a group `failed`: something that fails a run and that the summary does not count as a test. */
  uncounted?: readonly RegExp[];
  /** With a group `file`: what the lines below are about, where those that are `uncounted` do not say it. */
  file?: RegExp;
}

const DIRECTIVE = "(?! # (?:SKIP|TODO))";

/**
 * The formats that we read. Go, which has no summary, is read in a file of its own. Lines are short when they come
 * here, and no expression has nested repetitions that overlap: none can take long.
 */
export const TEST_FORMATS: Readonly<Record<string, TestFormat>> = {
  nodeTap: {
    summary: /^# (?<counts>(?:pass|fail|cancelled|skipped|todo) \d+)$/,
    outline: {
      heading: /^(?<indent> *)# Subtest: (?<name>.+)$/,
      failed: new RegExp(`^(?<indent> *)not ok \\d+ - (?<name>(?:${DIRECTIVE}.)+)$`),
      passed: new RegExp(`^(?<indent> *)ok \\d+ - (?<name>(?:${DIRECTIVE}.)+)$`),
      separator: " > ",
      hasBlocks: true,
    },
  },
  nodeSpec: {
    summary: /^ℹ (?<counts>(?:pass|fail|cancelled|skipped|todo) \d+)$/,
    outline: {
      heading: /^(?<indent> *)▶ (?<name>.+)$/,
      failed: new RegExp(`^(?<indent> *)✖ (?<name>(?:${DIRECTIVE}.)+)$`),
      passed: new RegExp(`^(?<indent> *)✔ (?<name>(?:${DIRECTIVE}.)+)$`),
      separator: " > ",
      // What follows names the failed tests a second time.
      repetition: /^✖ failing tests:$/,
    },
  },
  jest: {
    summary: /^Tests: +(?<counts>(?:\d+ \w+, )*\d+ total)$/,
    tests: [/^ {2}● (?!Console$|Test suite failed to run$)(?<failed>.+)$/],
    file: /^FAIL (?<file>\S.*?)(?: \([\d.]+ m?s\))?$/,
    uncounted: [/^ {2}● (?<failed>Test suite failed to run)$/],
    outline: {
      heading: /^(?<indent> {2,})(?<name>[^\s●✓√✕×○].*)$/,
      failed: /^(?<indent> +)[✕×] (?<name>.+)$/,
      passed: /^(?<indent> +)[✓√] (?<name>.+)$/,
      separator: " › ",
    },
  },
  vitest: {
    summary: /^ *Tests {2}(?<counts>no tests|(?:\d+ \w+(?: \| )?)+(?: \(\d+\))?)$/,
    tests: [/^ *FAIL {1,2}(?<failed>.+ > .+)$/, /^ [✓√] (?<passed>.+ > .+)$/],
    uncounted: [/^ *FAIL {1,2}(?<failed>\S.*) \[ .+ \]$/, /^ *(?<failed>Errors {2}\d+ errors?)$/],
  },
  mocha: {
    summary: /^ {2}(?<counts>\d+ (?:passing|failing|pending))(?: \(.+\))?$/,
    outline: {
      heading: /^(?<indent> {2,})(?<name>[^\s✓✔√-].*)$/,
      failed: /^(?<indent> {2,})\d+\) (?<name>.+)$/,
      passed: /^(?<indent> {2,})[✓✔√] (?<name>.+)$/,
      separator: " ",
      repetition: /^ {2}\d+ failing$/,
    },
  },
  pytest: {
    summary: /^(?:=+ )?(?<counts>no tests ran|(?:\d+ \w+, )*\d+ \w+) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$/,
    tests: [
      /^(?:FAILED|ERROR) (?<failed>[^ ]+\.py(?:::.+?)?)(?: - .*)?$/,
      /^(?<passed>[^ ]+\.py::.+?) PASSED(?: +\[ *\d+%\])?$/,
      /^(?:\[gw\d+\] \[ *\d+%\] )?PASSED (?<passed>[^ ]+\.py::.+?)$/,
    ],
  },
  unittest: {
    summary: /^(?:Ran (?<counts>\d+ tests?) in [\d.]+s|(?:FAILED|OK) \((?<details>[a-z ]+=\d+(?:, [a-z ]+=\d+)*)\))$/,
    tests: [/^(?:FAIL|ERROR): (?<failed>\w+ \([^)]+\))/, /^(?<passed>\w+ \([^)]+\)) \.\.\. ok$/],
  },
  cargo: {
    summary: /^test result: \w+\. (?<counts>\d+ passed; \d+ failed; \d+ ignored);/,
    tests: [
      /^test (?<failed>.+?)(?: - should panic)? \.\.\. FAILED$/,
      /^test (?<passed>.+?)(?: - should panic)? \.\.\. ok$/,
    ],
  },
  maven: {
    // The lines of single classes tell their time as well; only the last line sums them up.
    summary: /^(?:\[\w+\] +)?(?<counts>Tests run: *\d+, Failures: *\d+, Errors: *\d+, Skipped: *\d+)$/,
    tests: [/^(?:\[ERROR\] +)?(?<failed>[\w.$]\S*) +(?:-- )?Time elapsed: [\d.]+ s +<<< (?:FAILURE|ERROR)!$/],
  },
  gradle: {
    summary: /^(?<counts>\d+ tests? completed(?:, \d+ \w+)*)$/,
    tests: [/^(?<failed>\S.* > .+) FAILED$/, /^(?<passed>\S.* > .+) PASSED$/],
  },
};
