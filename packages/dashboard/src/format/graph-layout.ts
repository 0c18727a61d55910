/** A step as the drawing of a graph needs it. */
interface Node {
  key: string;
  dependsOn: readonly string[];
}

/** Where a step stands: its layer from the top, and its place in it from the left. */
interface Placed {
  key: string;
  layer: number;
  /** In widths of a step from the middle of the drawing. */
  offset: number;
}

export interface GraphLayout {
  nodes: Placed[];
  /** Those that say something: what follows from others is left out. */
  edges: { from: string; to: string }[];
  layers: number;
  /** Of the widest layer, in steps. */
  breadth: number;
}

/**
 * Places steps in layers, each below all that it depends on. What is named but not there is left out, and a cycle ends
 * where it comes back to itself, so that even a graph that cannot run can be looked at.
 *
 * @param steps - each with the keys that it depends on
 */
export function layOut(steps: readonly Node[]): GraphLayout {
  const known = new Set(steps.map((step) => step.key));
  const before = new Map(steps.map((step) => [step.key, step.dependsOn.filter((key) => known.has(key))]));
  const layerOf = layersOf(before);
  const layers: string[][] = [];
  for (const { key } of steps) {
    const layer = layerOf.get(key) ?? 0;
    layers[layer] = [...(layers[layer] ?? []), key];
  }
  const offsets = new Map<string, number>();
  const nodes = layers.flatMap((keys, layer) => {
    const wanted = new Map(keys.map((key) => [key, meanOf(before.get(key) ?? [], offsets)]));
    const ordered = [...keys].sort((left, right) => (wanted.get(left) ?? 0) - (wanted.get(right) ?? 0));
    return ordered.map((key, place) => {
      const offset = place - (ordered.length - 1) / 2;
      offsets.set(key, offset);
      return { key, layer, offset };
    });
  });
  return {
    nodes,
    edges: steps.flatMap(({ key }) => edgesTo(key, before)),
    layers: layers.length,
    breadth: Math.max(0, ...layers.map((keys) => keys.length)),
  };
}

function layersOf(before: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const found = new Map<string, number>();
  const open = new Set<string>();
  const visit = (key: string): number => {
    const layer = found.get(key);
    if (layer !== undefined) return layer;
    if (open.has(key)) return -1;
    open.add(key);
    const next = Math.max(-1, ...(before.get(key) ?? []).map(visit)) + 1;
    open.delete(key);
    found.set(key, next);
    return next;
  };
  for (const key of before.keys()) visit(key);
  return found;
}

function meanOf(keys: readonly string[], offsets: ReadonlyMap<string, number>): number {
  const known = keys.flatMap((key) => offsets.get(key) ?? []);
  return known.length === 0 ? 0 : known.reduce((sum, offset) => sum + offset, 0) / known.length;
}

function edgesTo(key: string, before: ReadonlyMap<string, readonly string[]>): { from: string; to: string }[] {
  const direct = [...new Set(before.get(key) ?? [])];
  return direct
    .filter((from) => from !== key && !direct.some((other) => other !== from && reaches(other, from, before)))
    .map((from) => ({ from, to: key }));
}

/** Whether a step comes after another, by whatever way. */
function reaches(key: string, wanted: string, before: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [...(before.get(key) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === wanted) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(before.get(next) ?? []));
  }
  return false;
}
