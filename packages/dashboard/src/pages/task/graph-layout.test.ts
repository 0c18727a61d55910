import { describe, expect, it } from "vitest";
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH } from "./graph-layout.ts";

const DIAMOND = [
  { stepKey: "planner", dependsOn: [] },
  { stepKey: "builder", dependsOn: ["planner"] },
  { stepKey: "documenter", dependsOn: ["planner"] },
  { stepKey: "reviewer", dependsOn: ["builder", "documenter"] },
];

const placesOf = (steps: typeof DIAMOND, direction: "LR" | "TB") =>
  new Map(layoutGraph(steps, direction).nodes.map((node) => [node.key, node]));

describe("the graph of a workflow", () => {
  it("puts each step after those it depends on", () => {
    const places = placesOf(DIAMOND, "LR");
    const x = (key: string) => places.get(key)?.x ?? Number.NaN;
    expect(x("builder")).toBeGreaterThanOrEqual(x("planner") + NODE_WIDTH);
    expect(x("builder")).toBe(x("documenter"));
    expect(x("reviewer")).toBeGreaterThanOrEqual(x("builder") + NODE_WIDTH);
  });

  it("goes downwards on a narrow screen", () => {
    const places = placesOf(DIAMOND, "TB");
    const y = (key: string) => places.get(key)?.y ?? Number.NaN;
    expect(y("builder")).toBeGreaterThanOrEqual(y("planner") + NODE_HEIGHT);
  });

  it("lets no two steps lie upon each other", () => {
    const { nodes } = layoutGraph(DIAMOND, "LR");
    for (const one of nodes)
      for (const other of nodes)
        if (one !== other)
          expect(Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= NODE_HEIGHT).toBe(true);
  });

  it("lies the same way each time", () => {
    expect(layoutGraph(DIAMOND, "LR")).toEqual(layoutGraph(structuredClone(DIAMOND), "LR"));
  });

  it("leaves out a dependency that there is not, and stands without any step", () => {
    expect(layoutGraph([{ stepKey: "builder", dependsOn: ["gone"] }], "LR").edges).toEqual([]);
    expect(layoutGraph([], "LR").nodes).toEqual([]);
  });
});
