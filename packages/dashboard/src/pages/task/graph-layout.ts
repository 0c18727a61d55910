import { Graph, layout } from "@dagrejs/dagre";

export const NODE_WIDTH = 176;
export const NODE_HEIGHT = 58;

export interface GraphLayout {
  nodes: { key: string; x: number; y: number }[];
  edges: { from: string; to: string }[];
  width: number;
  height: number;
}

/**
 * Places the steps of a workflow so that each comes after those it depends on. The same steps always come to lie in the
 * same way, whatever their statuses. A dependency that is not among the steps is left out.
 *
 * @param steps - keys and dependencies, in the order of the plan
 * @param direction - `LR` from left to right, `TB` from top to bottom
 * @returns the upper left corners of the nodes, in pixels
 */
export function layoutGraph(
  steps: readonly { stepKey: string; dependsOn: readonly string[] }[],
  direction: "LR" | "TB",
): GraphLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: direction, nodesep: 18, ranksep: 44, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  const keys = new Set(steps.map((step) => step.stepKey));
  for (const key of keys) graph.setNode(key, { width: NODE_WIDTH, height: NODE_HEIGHT });
  const edges = steps.flatMap(({ stepKey, dependsOn }) =>
    dependsOn.filter((from) => keys.has(from)).map((from) => ({ from, to: stepKey })),
  );
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const nodes = [...keys].map((key) => {
    const { x = 0, y = 0 } = graph.node(key);
    return { key, x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 };
  });
  return { nodes, edges, width, height };
}
