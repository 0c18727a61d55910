import type { ReactNode } from "react";
import {
  describeTokens,
  explainSpending,
  formatNumber,
  formatShort,
  formatUsd,
  type Spending,
  type TokenCounts,
  totalTokens,
} from "../format/amounts.ts";

/** What something has cost. Beside a rehearsal's figure it says that nothing was charged. */
export function Cost({ of, rehearsal = false }: { of: Spending; rehearsal?: boolean }) {
  if (of.modelCalls === 0 && of.costUsd === null) return <span title="No model call yet">$0.0000</span>;
  const explanation = explainSpending(of);
  const title = [rehearsal ? "A rehearsal: nothing was charged. The figure is by list price." : "", explanation]
    .filter(Boolean)
    .join("\n");
  return (
    <span className="whitespace-nowrap" title={title || undefined}>
      {formatUsd(of.costUsd)}
      {explanation && of.costUsd !== null && <span aria-hidden="true">+</span>}
      {explanation && <span className="sr-only"> ({explanation})</span>}
    </span>
  );
}

/** All tokens in short; the title tells their kinds. */
export function Tokens({ of }: { of: TokenCounts }) {
  const total = totalTokens(of);
  return (
    <span className="whitespace-nowrap" title={`${formatNumber(total)} tokens\n${describeTokens(of)}`}>
      {formatShort(total)}
    </span>
  );
}

/** That figures nearby are of a rehearsal. */
export function RehearsalNote({ className = "", children }: { className?: string; children?: ReactNode }) {
  return (
    <p className={`inline-flex items-center gap-1.5 text-warn ${className}`}>
      <span className="rounded-sm border border-current px-1 text-[0.6875rem] leading-4">rehearsal</span>
      <span>A rehearsal: nothing was charged{children}</span>
    </p>
  );
}

/** Names and values in a row, each name above its value. */
export function Figures({ children, className = "" }: { children: ReactNode; className?: string }) {
  return <dl className={`flex flex-wrap gap-x-6 gap-y-2 ${className}`}>{children}</dl>;
}

export function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="label">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** How much of something is used, as a bar with its figures beside it. */
export function Gauge({ percentage, label, text }: { percentage: number; label: string; text: string }) {
  const width = Math.min(100, Math.max(0, percentage));
  const tone = width >= 80 ? "bg-warn" : "bg-accent";
  return (
    <div className="flex items-center gap-2">
      <div aria-hidden="true" className="h-1.5 w-24 shrink-0 overflow-hidden rounded-full border border-edge bg-sunken">
        <div className={`h-full ${tone}`} style={{ width: `${width}%` }} />
      </div>
      <span className="sr-only">{label}: </span>
      <span className="whitespace-nowrap">{text}</span>
    </div>
  );
}
