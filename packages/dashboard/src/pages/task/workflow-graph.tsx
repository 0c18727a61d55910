import "@xyflow/react/dist/base.css";
import "./workflow-graph.css";
import { Handle, type Node, type NodeProps, Position, ReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { StepRecord } from "../../api/types.ts";
import { Elapsed } from "../../components/moment.tsx";
import { StatusMark } from "../../components/status.tsx";
import { formatShort, formatUsd } from "../../format/amounts.ts";
import { lookOfStep } from "../../format/statuses.ts";
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH } from "./graph-layout.ts";
import type { StepUsage } from "./steps-usage.ts";

/** Below this width the graph goes downwards. */
const NARROW_PX = 620;
const MAX_HEIGHT_PX = 520;

interface StepNodeData extends Record<string, unknown> {
  step: StepRecord;
  usage: StepUsage;
  isSelected: boolean;
  direction: "LR" | "TB";
  onSelect(stepKey: string): void;
}
type StepNode = Node<StepNodeData, "step">;

const FRAMES = {
  still: "border-edge",
  active: "border-accent",
  good: "border-good",
  warn: "border-warn",
  bad: "border-bad",
} as const;

function StepNodeView({ data: { step, usage, isSelected, direction, onSelect } }: NodeProps<StepNode>) {
  const look = lookOfStep(step);
  const [target, source] = direction === "LR" ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom];
  const hasNotBegun = step.startedAt === null;
  return (
    <>
      <Handle type="target" position={target} isConnectable={false} />
      <button
        type="button"
        onClick={() => onSelect(step.stepKey)}
        aria-pressed={isSelected}
        title={step.reason || look.meaning}
        style={{ width: NODE_WIDTH, height: NODE_HEIGHT }}
        className={`nopan flex flex-col justify-center gap-0.5 rounded-[6px] border px-2.5 text-left ${FRAMES[look.tone]} ${
          isSelected ? "bg-accent-ground shadow-[inset_0_0_0_1px_var(--accent)]" : "bg-surface hover:bg-sunken"
        }`}
      >
        <span className="flex items-center gap-1.5 font-semibold">
          <StatusMark shape={look.shape} tone={look.tone} />
          <span className="truncate">{step.stepKey}</span>
          {step.attempt > 1 && <span className="text-xs font-normal text-warn">attempt {step.attempt}</span>}
        </span>
        <span className="truncate text-xs text-muted">
          {hasNotBegun ? look.word : <Elapsed from={step.startedAt} to={step.endedAt} />}
          {usage.agents.length > 0 && ` · ${formatShort(usage.tokens)} · ${formatUsd(usage.costUsd)}`}
        </span>
      </button>
      <Handle type="source" position={source} isConnectable={false} />
    </>
  );
}

const NODE_TYPES = { step: StepNodeView };

/** The workflow as a graph: each step with its status, and what it waits for to its left or above it. */
export function WorkflowGraph({
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
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const direction = width < NARROW_PX ? "TB" : "LR";
  // The shape changes seldom, statuses often: the layout is made anew only for the shape.
  const shape = JSON.stringify(steps.map(({ stepKey, dependsOn }) => ({ stepKey, dependsOn })));
  const layout = useMemo(() => layoutGraph(JSON.parse(shape), direction), [shape, direction]);

  const byKey = new Map(steps.map((step) => [step.stepKey, step]));
  const nodes = layout.nodes.flatMap(({ key, x, y }): StepNode[] => {
    const [step, usage] = [byKey.get(key), usages.get(key)];
    if (!step || !usage) return [];
    const data = { step, usage, isSelected: key === selected, direction, onSelect } as const;
    return [{ id: key, type: "step", position: { x, y }, data, width: NODE_WIDTH, height: NODE_HEIGHT }];
  });
  const edges = layout.edges.map(({ from, to }) => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    className: byKey.get(to)?.status === "running" ? "is-running" : "",
  }));
  const scale = Math.min(1, width / Math.max(1, layout.width + 16));
  const height = Math.min(MAX_HEIGHT_PX, Math.max(110, layout.height * Math.max(scale, 0.6) + 24));

  return (
    <div ref={frame} className="panel overflow-hidden" style={{ height }}>
      {width > 0 && (
        <ReactFlow
          key={`${direction} ${shape.length} ${Math.round(width / 40)}`}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          fitView
          fitViewOptions={{ padding: 0.03, maxZoom: 1, minZoom: 0.6 }}
          minZoom={0.3}
          maxZoom={1.4}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          preventScrolling={false}
          aria-label="Workflow"
        />
      )}
    </div>
  );
}
