import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, useState } from "react";
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
/** The name of a day needs so much room below the chart. */
const DAY_NAME_PX = 62;
const AXIS_PX = 64;

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
  const [at, setAt] = useState<number | null>(null);
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
    const plot = draw(element, latest.current, setAt);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [given]);

  return (
    <div aria-hidden="true" className="panel px-1 pb-1.5 pt-2">
      <div ref={target} style={{ height: HEIGHT_PX }} />
      <p className="flex min-h-5 flex-wrap gap-x-4 px-2 text-xs text-muted">
        {series.map(({ label, colour, told }) => (
          <span key={label} className="inline-flex items-center gap-1.5">
            <span className="size-2.5 rounded-sm" style={{ background: `var(${colour})` }} />
            {label}
            {at !== null && <span className="text-text">{told[at]}</span>}
          </span>
        ))}
        {at !== null && <span className="ml-auto text-text">{days[at]}</span>}
      </p>
    </div>
  );
}

function draw(
  target: HTMLElement,
  { days, series, format }: { days: readonly string[]; series: readonly BarSeries[]; format(value: number): string },
  onPoint: (at: number | null) => void,
): uPlot {
  const axis = { stroke: colourOf("--muted"), font: "11px system-ui", ticks: { show: false } };
  const named = (widthPx: number) => {
    const every = Math.max(1, Math.ceil((days.length * DAY_NAME_PX) / Math.max(1, widthPx - AXIS_PX)));
    return days.map((_, at) => at).filter((at) => (days.length - 1 - at) % every === 0);
  };
  return new uPlot(
    {
      width: target.clientWidth,
      height: HEIGHT_PX,
      padding: [8, 16, 0, 0],
      cursor: { points: { show: false }, y: false, drag: { x: false, y: false } },
      legend: { show: false },
      hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
      scales: {
        x: { time: false, range: [-0.6, days.length - 0.4] },
        y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          grid: { show: false },
          splits: (plot) => named(plot.width),
          values: (_, splits) => splits.map((at) => days[at]?.slice(5) ?? ""),
        },
        {
          ...axis,
          size: AXIS_PX,
          grid: { stroke: colourOf("--line"), width: 1 },
          values: (_, splits) => splits.map(format),
        },
      ],
      series: [
        {},
        ...series.map(({ colour }) => ({
          ...(bars ? { paths: bars } : {}),
          fill: colourOf(colour),
          width: 0,
          points: { show: false },
        })),
      ],
    },
    [days.map((_, at) => at), ...series.map(({ drawn }) => [...drawn])],
    target,
  );
}
