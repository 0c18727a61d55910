import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { hueOf } from "../../format/agent-hue.ts";
import { PULSE_SECONDS } from "../../live/activity.ts";
import { pulse } from "../../live/activity-store.ts";
import { useNow } from "../../live/clock.ts";
import { usePreferences } from "../../preferences/preferences.ts";

/** Further agents are drawn as one. */
const MAX_AGENTS = 10;
const HEIGHT_PX = 132;
const SECONDS = Array.from({ length: PULSE_SECONDS }, (_, index) => index - PULSE_SECONDS + 1);

const bars = uPlot.paths.bars?.({ size: [0.86, 12] });

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The busiest agents one upon the other: the sums are drawn from the highest down, each before those below it. */
function stack(nowMs: number): { hue: string; counts: number[] }[] {
  const rows = pulse.read(nowMs);
  const shown = rows.slice(0, MAX_AGENTS).map(({ agentId, counts }) => ({
    hue: agentId === "" ? "--edge" : `--hue-${hueOf(agentId)}`,
    counts,
  }));
  const rest = rows.slice(MAX_AGENTS);
  if (rest.length > 0)
    shown.push({
      hue: "--edge",
      counts: SECONDS.map((_, at) => rest.reduce((sum, row) => sum + (row.counts[at] ?? 0), 0)),
    });
  const sums = new Array<number>(PULSE_SECONDS).fill(0);
  return shown
    .map(({ hue, counts }) => {
      for (const [at, count] of counts.entries()) sums[at] = (sums[at] ?? 0) + count;
      return { hue, counts: [...sums] };
    })
    .reverse();
}

function makeChart(target: HTMLElement, layers: readonly { hue: string }[]): uPlot {
  const axis = { stroke: colour("--muted"), font: "11px system-ui", ticks: { show: false } };
  return new uPlot(
    {
      width: target.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 8, 0, 0],
      scales: {
        x: { time: false, range: [-PULSE_SECONDS + 0.5, 0.5] },
        y: { range: (_, __, max) => [0, Math.max(4, max)] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          grid: { show: false },
          splits: () => [-50, -40, -30, -20, -10, 0],
          values: (_, splits) => splits.map((split) => (split === 0 ? "now" : `${split} s`)),
        },
        {
          ...axis,
          size: 34,
          grid: { stroke: colour("--line"), width: 1 },
          splits: (_, __, ___, max) => [0, Math.ceil(max / 2), Math.floor(max)],
        },
      ],
      series: [
        {},
        ...layers.map(({ hue }) => ({
          ...(bars ? { paths: bars } : {}),
          fill: colour(hue),
          width: 0,
          points: { show: false },
        })),
      ],
    },
    [SECONDS, ...layers.map(() => SECONDS.map(() => 0))],
    target,
  );
}

/** Events per second over the last minute, by agent, in the agents' own colours. */
export function PulseChart() {
  const target = useRef<HTMLDivElement>(null);
  const chart = useRef<{ plot: uPlot; key: string } | null>(null);
  const nowMs = useNow();
  const theme = usePreferences((preferences) => preferences.theme);
  const layers = stack(nowMs);
  const key = `${theme} ${document.documentElement.dataset.theme} ${layers.map(({ hue }) => hue).join(" ")}`;
  const now = layers[0]?.counts.at(-1) ?? 0;

  useEffect(() => {
    if (!target.current) return;
    if (chart.current?.key !== key) {
      chart.current?.plot.destroy();
      chart.current = { plot: makeChart(target.current, layers), key };
    }
    chart.current.plot.setData([SECONDS, ...layers.map(({ counts }) => counts)]);
  });

  useEffect(() => {
    const element = target.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      chart.current?.plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.current?.plot.destroy();
      chart.current = null;
    };
  }, []);

  return (
    <figure className="panel px-1 pt-1">
      <div ref={target} aria-hidden="true" style={{ height: HEIGHT_PX }} />
      <figcaption className="sr-only">{`Events in the last whole second: ${now}`}</figcaption>
    </figure>
  );
}
