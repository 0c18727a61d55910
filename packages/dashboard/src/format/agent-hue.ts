const HUES = 10;

/** Which hue each agent has been given, so that it keeps it on every page. */
const given = new Map<string, number>();

function digest(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum;
}

/**
 * The hue of an agent: by its id, and moved on where agents that are shown already have that one.
 *
 * @param agentId - the agent
 * @returns the number of the hue, from 1
 */
export function hueOf(agentId: string): number {
  const known = given.get(agentId);
  if (known !== undefined) return known;
  const first = digest(agentId) % HUES;
  const recent = new Set([...given.values()].slice(-(HUES - 1)));
  let hue = first;
  while (recent.has(hue + 1)) hue = (hue + 1) % HUES;
  given.set(agentId, hue + 1);
  return hue + 1;
}

/** The hue as a colour for a style. */
export function colourOf(agentId: string): string {
  return `var(--hue-${hueOf(agentId)})`;
}
