import { NO_OVERRIDES, type PlannedStep } from "../domain/index.js";

/** Agents' steps given as `{ key: [what it depends on] }`; a key that ends in `!` writes. */
export function stepsOf(edges: Readonly<Record<string, readonly string[]>>): PlannedStep[] {
  return Object.entries(edges).map(([key, dependsOn]) => ({
    key: key.replace("!", ""),
    kind: "agent",
    role: key.replace(/[!#].*$/, ""),
    instructions: "Your part.",
    dependsOn: [...dependsOn],
    writes: key.endsWith("!"),
    overrides: NO_OVERRIDES,
    round: 0,
    lane: null,
  }));
}

/** The edges of a graph, as they are given to `stepsOf`. */
export function edgesOf(steps: readonly PlannedStep[]): Record<string, string[]> {
  return Object.fromEntries(steps.map((step) => [step.key, step.dependsOn]));
}
