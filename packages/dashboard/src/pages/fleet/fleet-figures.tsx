import type { ReactNode } from "react";
import type { Fleet } from "../../api/types.ts";
import { Cost, RehearsalNote, Tokens } from "../../components/figures.tsx";
import { StatusMark } from "../../components/status.tsx";
import { formatNumber, totalTokens } from "../../format/amounts.ts";
import { AGENT_LOOKS, AGENT_STATUSES, TASK_LOOKS, TASK_STATUSES } from "../../format/statuses.ts";

/** The aggregate figures of the fleet. */
export function FleetFigures({ fleet }: { fleet: Fleet }) {
  const { tasks, agents, today, totals, files, maxParallelAgents } = fleet;
  const running = agents.byStatus.running ?? 0;
  return (
    <div className="flex flex-col gap-2">
      <dl className="panel grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3 lg:grid-cols-6">
        <Tile name="Agents at work">
          {running} <span className="text-base font-normal text-muted">of {maxParallelAgents} at once</span>
        </Tile>
        <Tile name="Cost today">
          <Cost of={today} />
        </Tile>
        <Tile name="Tokens today">
          <Tokens of={today} />
        </Tile>
        <Tile name="Cost in all">
          <Cost of={totals} />
        </Tile>
        <Tile name="Files consumed">{formatNumber(files.consumed)}</Tile>
        <Tile name="Files produced">{formatNumber(files.produced)}</Tile>
      </dl>
      <div className="flex flex-wrap gap-x-8 gap-y-1">
        <Counts
          name="Tasks"
          counts={TASK_STATUSES.map((status) => ({ ...TASK_LOOKS[status], count: tasks.byStatus[status] ?? 0 }))}
        />
        <Counts
          name="Agents"
          counts={AGENT_STATUSES.map((status) => ({ ...AGENT_LOOKS[status], count: agents.byStatus[status] ?? 0 }))}
        />
        {totalTokens(fleet.rehearsedToday) > 0 && (
          <RehearsalNote>
            {" "}
            for <Tokens of={fleet.rehearsedToday} /> tokens today
          </RehearsalNote>
        )}
      </div>
    </div>
  );
}

function Tile({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0 bg-surface px-4 py-2.5">
      <dt className="label">{name}</dt>
      <dd className="truncate text-xl font-semibold leading-7">{children}</dd>
    </div>
  );
}

type Count = (typeof TASK_LOOKS)["queued"] & { count: number };

function Counts({ name, counts }: { name: string; counts: readonly Count[] }) {
  const present = counts.filter(({ count }) => count > 0);
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="text-muted">{name}</span>
      {present.length === 0 && <span>none</span>}
      {present.map(({ word, shape, tone, count, meaning }) => (
        <span key={word} className="inline-flex items-center gap-1" title={meaning}>
          <StatusMark shape={shape} tone={tone} />
          {formatNumber(count)} {word}
        </span>
      ))}
    </p>
  );
}
