import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { usePreferences } from "../preferences/preferences.ts";

/** One kind of bar: what is drawn, and what stands in the legend for it. */
export interface BarSeries {
  label: string;
  /** The name of the colour's variable. */
  colour: string;
  /** Heights; `null` leaves a gap. */
  drawn: readonly (number | null)[];
  /** What the legend tells of each day. */
  told: readonly string[];
}

const HEIGHT_PX = 168;
/** So many days are named below the chart. */
const MAX_NAMED_DAYS = 8;

const bars = uPlot.paths.bars?.({ size: [0.72, 36] });
const colourOf = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Bars by day; those that come first are drawn first, so that the highest must lead. The figures are told by a table
 * beside it: for readers of the screen the chart is not there.
 */
export function DayChart({
  days,
  series,
  format,
}: {
  days: readonly string[];
  series: readonly BarSeries[];
  /** Writes a height for the axis. */
  format(value: number): string;
}) {
  const target = useRef<HTMLDivElement>(null);
  const theme = usePreferences((preferences) => preferences.theme);
  const given = JSON.stringify([theme, days, series]);
  const latest = useRef({ days, series, format });
  useEffect(() => {
    latest.current = { days, series, format };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is made anew when what is given differs by value.
  useEffect(() => {
    const element = target.current;
    if (!element) return;
    const plot = draw(element, latest.current);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [given]);

  return <div ref={target} aria-hidden="true" className="day-chart panel min-h-52 px-1 pt-2 text-xs" />;
}

function draw(
  target: HTMLElement,
  { days, series, format }: { days: readonly string[]; series: readonly BarSeries[]; format(value: number): string },
): uPlot {
  const axis = { stroke: colourOf("--muted"), font: "11px system-ui", ticks: { show: false } };
  const every = Math.max(1, Math.ceil(days.length / MAX_NAMED_DAYS));
  const named = days.map((_, at) => at).filter((at) => (days.length - 1 - at) % every === 0);
  return new uPlot(
    {
      width: target.clientWidth,
      height: HEIGHT_PX,
      padding: [8, 12, 0, 0],
      cursor: { points: { show: false }, y: false, drag: { x: false, y: false } },
      legend: { markers: { width: 0, fill: (_, at) => colourOf(series[at - 1]?.colour ?? "--edge") } },
      scales: {
        x: { time: false, range: [-0.6, days.length - 0.4] },
        y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          grid: { show: false },
          splits: () => named,
          values: (_, splits) => splits.map((at) => days[at]?.slice(5) ?? ""),
        },
        {
          ...axis,
          size: 64,
          grid: { stroke: colourOf("--line"), width: 1 },
          values: (_, splits) => splits.map(format),
        },
      ],
      series: [
        { label: "Day", value: (_, at) => (at === null ? "none" : (days[at] ?? "none")) },
        ...series.map(({ label, colour, told }) => ({
          label,
          ...(bars ? { paths: bars } : {}),
          fill: colourOf(colour),
          width: 0,
          points: { show: false },
          value: (_: uPlot, __: number | null, ___: number, at: number | null) => (at === null ? "" : (told[at] ?? "")),
        })),
      ],
    },
    [days.map((_, at) => at), ...series.map(({ drawn }) => [...drawn])],
    target,
  );
}
