import type { StepRecord } from "../../api/types.ts";
import { Cost, Tokens } from "../../components/figures.tsx";
import { Elapsed } from "../../components/moment.tsx";
import { Status } from "../../components/status.tsx";
import { lookOfStep } from "../../format/statuses.ts";
import type { StepUsage } from "./steps-usage.ts";

/** The steps in the order of the plan, with what each has used. */
export function StepsTable({
  steps,
  usages,
  selected,
  onSelect,
}: {
  steps: readonly StepRecord[];
  usages: ReadonlyMap<string, StepUsage>;
  selected: string | null;
  onSelect(stepKey: string): void;
}) {
  return (
    <div className="panel overflow-hidden">
      <table className="w-full table-fixed border-collapse text-left">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            <th className="w-[38%] px-3 py-1.5 sm:w-[30%] font-normal">Step</th>
            <th className="w-[30%] px-2 py-1.5 font-normal sm:w-auto">Status</th>
            <th className="hidden w-20 px-2 py-1.5 text-right font-normal sm:table-cell">Tokens</th>
            <th className="hidden w-20 px-2 py-1.5 text-right font-normal sm:table-cell">Cost</th>
            <th className="w-[32%] px-3 py-1.5 text-right font-normal sm:w-28">Time</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => {
            const usage = usages.get(step.stepKey);
            const hasAgents = usage !== undefined && usage.agents.length > 0;
            return (
              <tr
                key={step.stepKey}
                className={`border-t border-line ${step.stepKey === selected ? "bg-accent-ground" : ""}`}
              >
                <th scope="row" className="px-3 py-1 font-normal">
                  <button
                    type="button"
                    data-item
                    aria-pressed={step.stepKey === selected}
                    onClick={() => onSelect(step.stepKey)}
                    className="max-w-full truncate font-semibold hover:underline"
                  >
                    {step.stepKey}
                  </button>
                  {step.attempt > 1 && <span className="block text-xs text-warn">attempt {step.attempt}</span>}
                </th>
                <td className="px-2 py-1 [&_span]:whitespace-normal">
                  <Status look={lookOfStep(step)} />
                </td>
                <td className="hidden px-2 py-1 text-right sm:table-cell">{hasAgents && <Tokens of={usage} />}</td>
                <td className="hidden px-2 py-1 text-right sm:table-cell">{hasAgents && <Cost of={usage} />}</td>
                <td className="truncate px-3 py-1 text-right">
                  {step.startedAt && <Elapsed from={step.startedAt} to={step.endedAt} />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
