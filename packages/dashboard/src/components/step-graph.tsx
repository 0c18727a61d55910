import { layOut } from "../format/graph-layout.ts";

interface GraphStep {
  key: string;
  role: string;
  dependsOn: readonly string[];
  writes: boolean;
}

const WIDTH = 132;
const HEIGHT = 40;
const GAP_X = 12;
const GAP_Y = 22;
/** So many characters of a key have room. */
const KEY_CHARACTERS = 17;

/** The graph of steps from the top down, for places that are small. Readers of the screen get it as a list. */
export function StepGraph({ steps }: { steps: readonly GraphStep[] }) {
  const { nodes, edges, layers, breadth } = layOut(steps);
  const width = breadth * (WIDTH + GAP_X);
  const height = layers * (HEIGHT + GAP_Y) - GAP_Y + 4;
  const places = new Map(
    nodes.map(({ key, layer, offset }) => [
      key,
      { x: width / 2 + offset * (WIDTH + GAP_X), y: 2 + layer * (HEIGHT + GAP_Y) },
    ]),
  );
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section aria-label="Graph of the steps" tabIndex={0} className="max-h-[60dvh] overflow-auto">
        <svg width={width} height={height} className="mx-auto block" aria-hidden="true">
          {edges.map(({ from, to }) => {
            const [start, end] = [places.get(from), places.get(to)];
            if (!start || !end) return null;
            const [top, bottom] = [start.y + HEIGHT, end.y];
            const middle = (top + bottom) / 2;
            return (
              <path
                key={`${from} ${to}`}
                d={`M${start.x} ${top}C${start.x} ${middle} ${end.x} ${middle} ${end.x} ${bottom}`}
                fill="none"
                className="stroke-edge"
                strokeWidth="1.5"
              />
            );
          })}
          {steps.map(({ key, role, writes }) => {
            const place = places.get(key);
            if (!place) return null;
            const about = [key === role ? "" : role, writes ? "writes" : "reads"].filter(Boolean).join(" · ");
            return (
              <g key={key} transform={`translate(${place.x - WIDTH / 2} ${place.y})`}>
                <title>{`${key}: ${about}`}</title>
                <rect
                  width={WIDTH}
                  height={HEIGHT}
                  rx="5"
                  strokeWidth={writes ? 1.5 : 1}
                  className={writes ? "fill-accent-ground stroke-accent" : "fill-surface stroke-edge"}
                />
                <text x={WIDTH / 2} y="17" textAnchor="middle" className="fill-text text-[0.8125rem] font-semibold">
                  {shorten(key)}
                </text>
                <text x={WIDTH / 2} y="32" textAnchor="middle" className="fill-muted text-[0.6875rem]">
                  {shorten(about)}
                </text>
              </g>
            );
          })}
        </svg>
      </section>
      <ol className="sr-only">
        {steps.map(({ key, role, dependsOn, writes }) => (
          <li key={key}>
            {`${key}, role ${role}, ${writes ? "writes" : "reads only"}, ${dependsOn.length > 0 ? `after ${dependsOn.join(" and ")}` : "starts at once"}`}
          </li>
        ))}
      </ol>
    </>
  );
}

function shorten(text: string): string {
  return text.length > KEY_CHARACTERS + 3 ? `${text.slice(0, KEY_CHARACTERS + 2)}…` : text;
}
