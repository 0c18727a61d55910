import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { timingQuery } from "../../api/queries.ts";
import type { TaskDetails } from "../../api/types.ts";
import { ChangedFiles, ConsumedFiles } from "../../components/file-list.tsx";
import { Markdown } from "../../components/markdown.tsx";
import { Page, Section } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { countOf } from "../../format/amounts.ts";
import { DiffPanel } from "./diff-panel.tsx";
import { StepDetails } from "./step-details.tsx";
import { StepsTable } from "./steps-table.tsx";
import { usageOfStep } from "./steps-usage.ts";
import { TaskActions } from "./task-actions.tsx";
import { TaskHeader } from "./task-header.tsx";
import { TaskNotices } from "./task-notices.tsx";
import { Waterfall } from "./waterfall.tsx";

const route = getRouteApi("/tasks/$taskId");
const WorkflowGraph = lazy(async () => ({ default: (await import("./workflow-graph.tsx")).WorkflowGraph }));

const VIEWS = [
  { view: "graph", name: "Graph" },
  { view: "waterfall", name: "Waterfall" },
] as const;

/** A task: what it is, how it goes, and what can be done about it. */
export function TaskView({ task }: { task: TaskDetails }) {
  const { view = "graph", step: selected } = route.useSearch();
  const navigate = route.useNavigate();
  const usages = useMemo(
    () => new Map(task.steps.map((step) => [step.stepKey, usageOfStep(task.agents, step.stepKey)])),
    [task.steps, task.agents],
  );
  const select = (stepKey: string) =>
    void navigate({ search: (before) => ({ ...before, step: stepKey }), replace: true, resetScroll: false });
  const step = task.steps.find((each) => each.stepKey === selected);

  return (
    <Page title={task.prompt.slice(0, 80)} heading={<TaskHeader task={task} />} actions={<TaskActions task={task} />}>
      <TaskNotices task={task} />
      <Section
        title="Workflow"
        aside={
          <fieldset className="flex overflow-hidden rounded-[5px] border border-edge">
            <legend className="sr-only">View</legend>
            {VIEWS.map((each) => (
              <button
                key={each.view}
                type="button"
                aria-pressed={each.view === view}
                onClick={() =>
                  void navigate({
                    search: (before) => ({ ...before, view: each.view }),
                    replace: true,
                    resetScroll: false,
                  })
                }
                className={`px-2.5 py-0.5 text-text ${each.view === view ? "bg-accent-ground font-semibold" : "hover:bg-sunken"}`}
              >
                {each.name}
              </button>
            ))}
          </fieldset>
        }
      >
        {task.steps.length === 0 ? (
          <EmptyState title="No step is planned yet.">They appear here as soon as the plan is made.</EmptyState>
        ) : view === "graph" ? (
          <Suspense fallback={<div className="panel h-32" />}>
            <WorkflowGraph steps={task.steps} usages={usages} selected={selected ?? null} onSelect={select} />
          </Suspense>
        ) : (
          <TimedWaterfall task={task} selected={selected ?? null} onSelect={select} />
        )}
      </Section>
      <div className="grid gap-5 xl:grid-cols-2">
        <Section title="Steps" aside={countOf(task.steps.length, "step")}>
          <StepsTable steps={task.steps} usages={usages} selected={selected ?? null} onSelect={select} />
        </Section>
        <Section title={step ? `Step ${step.stepKey}` : "Step"}>
          {step ? (
            <StepDetails key={step.stepKey} task={task} step={step} usage={usageOfStep(task.agents, step.stepKey)} />
          ) : (
            <EmptyState title="No step is chosen.">Choose one to see its handoff, checks and diff.</EmptyState>
          )}
        </Section>
      </div>
      {task.output && (
        <Section title="Result">
          <div className="panel max-w-[80ch] px-4 py-3">
            <Markdown text={task.output} />
          </div>
        </Section>
      )}
      <div className="grid gap-5 lg:grid-cols-2">
        <Section title="Files produced" aside={countOf(task.files.produced.length, "file")}>
          <div className="panel px-4 py-3">
            <ChangedFiles changes={task.files.produced} />
          </div>
        </Section>
        <Section title="Files consumed" aside={countOf(task.files.consumed.length, "file")}>
          <div className="panel px-4 py-3">
            <ConsumedFiles paths={task.files.consumed} />
          </div>
        </Section>
      </div>
      <Section title="Diff of the whole task">
        <DiffPanel taskId={task.taskId} />
      </Section>
    </Page>
  );
}

function TimedWaterfall(props: { task: TaskDetails; selected: string | null; onSelect(stepKey: string): void }) {
  const timing = useQuery(timingQuery(props.task.taskId));
  if (timing.data) return <Waterfall {...props} spans={timing.data.spans} isCut={timing.data.isCut} />;
  if (timing.isError) return <ErrorState error={timing.error} onRetry={() => void timing.refetch()} />;
  return <Loading what="the timing" />;
}
