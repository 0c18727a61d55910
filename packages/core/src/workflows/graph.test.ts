import { array, assert, integer, nat, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_OVERRIDES, type PlannedStep } from "../domain/index.js";
import { findAncestors, validateGraph } from "./graph.js";

const RUNS = { seed: 1 };

function graph(edges: Readonly<Record<string, readonly string[]>>): PlannedStep[] {
  return Object.entries(edges).map(([key, dependsOn]) => ({
    key,
    kind: "agent",
    role: "builder",
    instructions: "",
    dependsOn: [...dependsOn],
    writes: false,
    overrides: NO_OVERRIDES,
    round: 0,
    lane: null,
  }));
}

/** Graphs without cycles: each step depends on some of those before it. */
const dags = integer({ min: 2, max: 30 }).chain((size) =>
  array(tuple(nat(size - 1), nat(size - 1)), { maxLength: size * 3 }).map((pairs) => {
    const edges = Array.from({ length: size }, (): string[] => []);
    for (const [a, b] of pairs) if (a !== b) edges[Math.max(a, b)]?.push(`s${Math.min(a, b)}`);
    return edges;
  }),
);

const toSteps = (edges: readonly string[][]) => graph(Object.fromEntries(edges.map((each, at) => [`s${at}`, each])));

const refusal = (message: string) =>
  expect.objectContaining({ code: "invalid_workflow", message: expect.stringContaining(message) });

describe("a graph that can run", () => {
  test("is any graph without a circle", () => {
    assert(
      property(dags, (edges) => {
        expect(() => validateGraph(toSteps(edges))).not.toThrow();
      }),
      RUNS,
    );
  });

  test("may name its steps in any order", () => {
    expect(() => validateGraph(graph({ last: ["first"], first: [] }))).not.toThrow();
  });

  test("may have 100 steps, in one long chain", () => {
    const edges = Array.from({ length: 100 }, (_, at) => (at === 0 ? [] : [`s${at - 1}`]));
    expect(() => validateGraph(toSteps(edges))).not.toThrow();
  });
});

describe("a graph that cannot run is refused", () => {
  test("when any edge closes a circle, with the whole way around named", () => {
    assert(
      property(dags, nat(), nat(), (edges, a, b) => {
        const [low, high] = [a % edges.length, b % edges.length].sort((x, y) => x - y);
        if (low === undefined || high === undefined) return;
        const back = edges.map((each, at) => [
          ...each,
          ...(at === low ? [`s${high}`] : []),
          ...(at === high && low !== high ? [`s${low}`] : []),
        ]);
        expect(() => validateGraph(toSteps(back))).toThrow(/in a circle: (s\d+) → (?:.* → )?\1\.$/);
      }),
      RUNS,
    );
  });

  test("when a step depends on itself", () => {
    expect(() => validateGraph(graph({ a: ["a"] }))).toThrow(refusal("a → a"));
  });

  test("naming only the circle, not the way to it", () => {
    expect(() => validateGraph(graph({ start: ["x"], x: ["y"], y: ["z"], z: ["x"] }))).toThrow(
      refusal("in a circle: x → y → z → x."),
    );
  });

  test("when a step depends on one that is not there", () => {
    expect(() => validateGraph(graph({ a: [], b: ["a", "c"] }))).toThrow(
      refusal('The step "b" depends on "c", which does not exist'),
    );
  });

  test("when two steps have the same key", () => {
    expect(() => validateGraph([...graph({ a: [] }), ...graph({ a: [] })])).toThrow(
      refusal('Two steps have the key "a"'),
    );
  });

  test("when it is empty or too large", () => {
    expect(() => validateGraph([])).toThrow(refusal("It has no steps"));
    expect(() => validateGraph(toSteps(Array.from({ length: 101 }, () => [])))).toThrow(
      refusal("It has 101 steps; at most 100"),
    );
  });
});

describe("what comes before a step", () => {
  const diamond = graph({ a: [], b: ["a"], c: ["a"], d: ["b", "c"], e: [] });

  test("is found through others, nearest first and each once", () => {
    expect(findAncestors(diamond, "d")).toEqual(["b", "c", "a"]);
  });

  test.each([
    ["a", []],
    ["e", []],
    ["b", ["a"]],
    ["nobody", []],
  ])("of %s is %j", (key, found) => {
    expect(findAncestors(diamond, key)).toEqual(found);
  });

  test("never includes the step itself, not even in a circle", () => {
    expect(findAncestors(graph({ a: ["b"], b: ["a"] }), "a")).toEqual(["b"]);
  });
});
