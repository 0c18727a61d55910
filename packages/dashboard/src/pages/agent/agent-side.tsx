import type { ReactNode } from "react";
import type { AgentDetails, AgentFiles } from "../../api/types.ts";
import { Cost, Figure, Figures, Gauge } from "../../components/figures.tsx";
import { ChangedFiles, ConsumedFiles } from "../../components/file-list.tsx";
import { Elapsed, Moment } from "../../components/moment.tsx";
import { formatNumber, formatShort, totalTokens } from "../../format/amounts.ts";
import { RawLogs } from "./raw-logs.tsx";

/** The figures of an agent, its files and its logs. */
export function AgentSide({ agent, files }: { agent: AgentDetails; files: AgentFiles }) {
  return (
    <aside aria-label="About this agent" className="flex min-w-0 flex-col gap-4">
      <Part title="Context">
        {agent.contextPercentage === null ? (
          <p className="text-muted">Not measured yet.</p>
        ) : (
          <Gauge
            label="Context window"
            percentage={agent.contextPercentage}
            text={`${Math.round(agent.contextPercentage)} %, ${formatShort(agent.contextUsedTokens ?? 0)} of ${formatShort(agent.contextWindowTokens ?? 0)}`}
          />
        )}
      </Part>
      <Part title="Cost and tokens">
        <dl className="grid grid-cols-[1fr_auto] gap-x-4">
          <Line name="Cost">
            <Cost of={agent} rehearsal={agent.rehearsal} />
          </Line>
          <Line name="Input">{formatNumber(agent.inputTokens)}</Line>
          <Line name="Output">{formatNumber(agent.outputTokens)}</Line>
          <Line name="Read from the cache">{formatNumber(agent.cacheReadTokens)}</Line>
          <Line name="Written to the cache">{formatNumber(agent.cacheWriteTokens)}</Line>
          <Line name="All tokens">{formatNumber(totalTokens(agent))}</Line>
          <Line name="Model calls">{formatNumber(agent.modelCalls)}</Line>
          <Line name="Tool calls">{formatNumber(agent.toolCalls)}</Line>
          {agent.retries > 0 && <Line name="Retries">{formatNumber(agent.retries)}</Line>}
        </dl>
      </Part>
      <Part title="Life">
        <Figures>
          <Figure name="Created">
            <Moment at={agent.createdAt} />
          </Figure>
          <Figure name="Time">
            <Elapsed from={agent.startedAt} to={agent.endedAt} />
          </Figure>
          <Figure name="Works in">
            <span className="mono break-all">{agent.workingDirectory}</span>
          </Figure>
        </Figures>
      </Part>
      <Part title="Logs">
        {agent.logDirectory === null ? (
          <p className="text-muted">It keeps no logs on disk.</p>
        ) : (
          <RawLogs agentId={agent.agentId} />
        )}
      </Part>
      <Part title={`Files produced (${files.produced.length})`}>
        <ChangedFiles changes={files.produced} />
      </Part>
      <Part title={`Files consumed (${files.consumed.length})`}>
        <ConsumedFiles paths={files.consumed} />
      </Part>
    </aside>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-t border-line pt-2">
      <h2 className="mb-1 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="text-right">{children}</dd>
    </>
  );
}
