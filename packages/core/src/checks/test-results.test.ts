import { describe, expect, test } from "vitest";
import { readTestResults } from "./test-results.js";

/** Runners that are not installed here, as they print: written down from their documentation. */
const OUTPUTS: Record<string, [output: string, expected: ReturnType<typeof readTestResults>]> = {
  jest: [
    `FAIL src/sum.test.js
  math
    ✓ adds (2 ms)
    inner
      ✕ breaks (3 ms)
  ✓ stands alone

  ● math › inner › breaks

    expect(received).toBe(expected)
      at Object.<anonymous> (src/sum.test.js:3:1)

FAIL src/broken.test.js
  ● Test suite failed to run

    SyntaxError: Unexpected token

Summary of all failing tests
FAIL src/sum.test.js
  ● math › inner › breaks

Test Suites: 2 failed, 2 total
Tests:       1 failed, 1 skipped, 2 passed, 4 total
Snapshots:   0 total
Time:        0.5 s`,
    {
      counts: { passed: 2, failed: 2, skipped: 1 },
      failed: ["math › inner › breaks", "src/broken.test.js Test suite failed to run"],
      passed: ["math › adds", "stands alone"],
    },
  ],
  mocha: [
    `

  Array
    #indexOf()
      ✔ finds (12ms)
      1) misses
    - later
  ✔ stands alone

  2 passing (5ms)
  1 pending
  1 failing

  1) Array
       #indexOf()
         misses:
     AssertionError: nope
      at Context.<anonymous> (test.js:5:1)
`,
    {
      counts: { passed: 2, failed: 1, skipped: 1 },
      failed: ["Array #indexOf() misses"],
      passed: ["Array #indexOf() finds", "stands alone"],
    },
  ],
  "cargo, several binaries": [
    `running 3 tests
test a ... ok
test i ... ignored
test m::p - should panic ... FAILED

failures:
    m::p

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.06s

running 1 test
test src/lib.rs - add (line 3) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.2s`,
    { counts: { passed: 2, failed: 1, skipped: 1 }, failed: ["m::p"], passed: ["a", "src/lib.rs - add (line 3)"] },
  ],
  "go, brief": [
    `--- FAIL: TestAdd (0.00s)
    --- FAIL: TestAdd/one (0.00s)
        add_test.go:5: no
FAIL
FAIL\texample.com/m/sums\t0.002s
ok  \texample.com/m/words\t(cached)
FAIL\texample.com/m/broken [build failed]
FAIL`,
    {
      counts: null,
      failed: ["example.com/m/sums TestAdd", "example.com/m/sums TestAdd/one", "example.com/m/broken [build failed]"],
      passed: [],
    },
  ],
  "go -v": [
    `=== RUN   TestAdd
--- PASS: TestAdd (0.00s)
=== RUN   TestLater
    a_test.go:3: later
--- SKIP: TestLater (0.00s)
PASS
ok  \texample.com/m\t0.002s`,
    { counts: { passed: 1, failed: 0, skipped: 1 }, failed: [], passed: ["example.com/m TestAdd"] },
  ],
  maven: [
    `[INFO] Running com.x.SumTest
[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 1, Time elapsed: 0.05 s <<< FAILURE! -- in com.x.SumTest
[ERROR] com.x.SumTest.breaks -- Time elapsed: 0.01 s <<< FAILURE!
[ERROR] Failures:
[ERROR]   SumTest.breaks:12 expected: <1> but was: <2>
[INFO]
[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 1`,
    { counts: { passed: 1, failed: 1, skipped: 1 }, failed: ["com.x.SumTest.breaks"], passed: [] },
  ],
  gradle: [
    `> Task :test FAILED
SumTest > adds() PASSED
SumTest > breaks() FAILED
    org.opentest4j.AssertionFailedError at SumTest.java:12
3 tests completed, 1 failed, 1 skipped`,
    { counts: { passed: 1, failed: 1, skipped: 1 }, failed: ["SumTest > breaks()"], passed: ["SumTest > adds()"] },
  ],
  "vitest without tests": [
    ` Test Files  1 failed (1)
      Tests  no tests`,
    { counts: { passed: 0, failed: 0, skipped: 0 }, failed: [], passed: [] },
  ],
  "pytest with errors": [
    `gw0 [3 items]
[gw0] [ 33%] PASSED tests/test_a.py::test_ok
ERROR    root:a.py:3 only a log line
=========================== short test summary info ============================
FAILED tests/test_a.py::test_b[a b] - assert 1 == 2
ERROR tests/test_c.py - ImportError: no
=================== 1 failed, 1 passed, 2 warnings, 1 error in 61.20s (0:01:01) ===================`,
    {
      counts: { passed: 1, failed: 2, skipped: 0 },
      failed: ["tests/test_a.py::test_b[a b]", "tests/test_c.py"],
      passed: ["tests/test_a.py::test_ok"],
    },
  ],
  "two runners after one another": [
    `# pass 2
# fail 0
===== 3 passed in 0.10s =====`,
    { counts: { passed: 5, failed: 0, skipped: 0 }, failed: [], passed: [] },
  ],
  "no runner that we know": ["all good\n✔ built (3ms)", { counts: null, failed: [], passed: [] }],
};

test.each(Object.entries(OUTPUTS))("%s", (_runner, [output, expected]) => {
  expect(readTestResults(output)).toEqual(expected);
});

describe("an output that is too much", () => {
  test("yields 500 names of 300 characters at most", () => {
    const lines = Array.from({ length: 600 }, (_, index) => `test t${index}${"x".repeat(400)} ... FAILED`);
    const { failed, counts } = readTestResults(
      [...lines, "test result: FAILED. 0 passed; 600 failed; 0 ignored;"].join("\n"),
    );
    expect(failed).toHaveLength(500);
    expect(Math.max(...failed.map((name) => name.length))).toBe(300);
    expect(counts?.failed).toBe(600);
  });

  test.each([
    "1 failed, ",
    "a ",
    "x=1, ",
    " > ",
    "Tests  1 a | ",
    "FAILED a.py::",
    "    ",
    "# pass 1\n",
    "ok 1 - # # ",
  ])("is read to the end where it is %j over and over", (piece) => {
    const line = piece.repeat(Math.floor(990 / piece.length));
    const output = `${`${line}\n`.repeat(500)}# pass 1\nTests:  1 total\n1 passed in 1s\n`;
    expect(readTestResults(output).counts).not.toBeNull();
  });
});
