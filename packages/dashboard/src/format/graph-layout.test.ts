import { expect, test } from "vitest";
import { layOut } from "./graph-layout.ts";

const step = (key: string, ...dependsOn: string[]) => ({ key, dependsOn });

test("a chain has one step in each layer", () => {
  const { nodes, layers, breadth } = layOut([step("plan"), step("build", "plan"), step("test", "build")]);
  expect(nodes).toEqual([
    { key: "plan", layer: 0, offset: 0 },
    { key: "build", layer: 1, offset: 0 },
    { key: "test", layer: 2, offset: 0 },
  ]);
  expect([layers, breadth]).toEqual([3, 1]);
});

test("steps that do not depend on each other stand side by side", () => {
  const { nodes, breadth } = layOut([step("build"), step("test", "build"), step("write", "build")]);
  expect(nodes.slice(1)).toEqual([
    { key: "test", layer: 1, offset: -0.5 },
    { key: "write", layer: 1, offset: 0.5 },
  ]);
  expect(breadth).toBe(2);
});

test("a step stands below the lowest of those that it depends on, near their middle", () => {
  const { nodes } = layOut([step("a"), step("b"), step("c", "b"), step("d", "b"), step("e", "a")]);
  expect(nodes.filter(({ layer }) => layer === 1).map(({ key }) => key)).toEqual(["e", "c", "d"]);
  expect(layOut([step("a"), step("b", "a"), step("c", "a", "b")]).nodes.at(-1)).toMatchObject({ key: "c", layer: 2 });
});

test("an edge that follows from others is not drawn", () => {
  const { edges } = layOut([step("a"), step("b", "a"), step("c", "a", "b")]);
  expect(edges).toEqual([
    { from: "a", to: "b" },
    { from: "b", to: "c" },
  ]);
});

test("a graph that cannot run is drawn all the same", () => {
  const { nodes, edges } = layOut([step("a", "b", "gone"), step("b", "a"), step("c", "c")]);
  expect(nodes.map(({ key }) => key).sort()).toEqual(["a", "b", "c"]);
  expect(edges).toContainEqual({ from: "a", to: "b" });
  expect(layOut([])).toEqual({ nodes: [], edges: [], layers: 0, breadth: 0 });
});
