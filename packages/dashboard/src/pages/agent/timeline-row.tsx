import { memo, type ReactNode } from "react";
import type { OrchestratorEvent } from "../../api/types.ts";
import { Markdown } from "../../components/markdown.tsx";
import { formatShort, formatUsd } from "../../format/amounts.ts";
import { formatAbsolute, formatClock } from "../../format/moments.ts";
import type { Draft } from "../../live/drafts.ts";
import { describeStatus } from "./status-words.ts";
import type { RowKind } from "./timeline-rows.ts";
import { ToolRow } from "./tool-row.tsx";

interface RowProps {
  rowKey: string;
  kind: RowKind;
  event: OrchestratorEvent;
  end: OrchestratorEvent | null;
  isOpen: boolean;
  onToggle(key: string): void;
}

/** One row of the timeline. Drawn again only when something in it has changed. */
export const RowView = memo(function RowView(props: RowProps) {
  const { event } = props;
  return (
    <article className="grid grid-cols-[4.25rem_minmax(0,1fr)] gap-x-2 border-b border-line px-3 py-1.5">
      <time dateTime={event.time} title={formatAbsolute(event.time)} className="label mono pt-0.5 !text-xs">
        {formatClock(event.time)}
      </time>
      <div className="min-w-0">
        <Content {...props} />
      </div>
    </article>
  );
});

/** Of a long draft the end is shown; the finished block has all of it. */
const DRAFT_CHARACTERS = 6_000;

/** What the agent is writing at this moment. It is not formatted before it is finished. */
export function DraftRow({ draft: { kind, text } }: { draft: Draft }) {
  const isCut = text.length > DRAFT_CHARACTERS;
  return (
    <article className="grid grid-cols-[4.25rem_minmax(0,1fr)] gap-x-2 px-3 py-1.5">
      <span className="label pt-0.5">{kind === "thinking" ? "thinks" : "writes"}</span>
      <p className={`whitespace-pre-wrap break-words ${kind === "thinking" ? "italic text-muted" : ""}`}>
        {isCut ? `… ${text.slice(-DRAFT_CHARACTERS)}` : text}
        <span aria-hidden="true" className="ml-0.5 inline-block h-3.5 w-1.5 translate-y-0.5 bg-accent" />
      </p>
    </article>
  );
}

function Content({ rowKey, kind, event, end, isOpen, onToggle }: RowProps) {
  const { data } = event;
  const word = (key: string) => (typeof data[key] === "string" ? data[key] : "");
  const long = { isOpen, onToggle: () => onToggle(rowKey) };
  switch (kind) {
    case "text":
      return <Markdown text={word("text")} />;
    case "thinking":
      return (
        <Labelled label="thinks">
          <LongText text={word("text")} lines={4} className="italic text-muted" {...long} />
        </Labelled>
      );
    case "tools":
      if (event.type === "permission.decided")
        return <p className="text-warn">{`${word("name")} was refused: ${word("reason")}`}</p>;
      return <ToolRow start={event.type === "tool.started" ? event : null} end={end} {...long} />;
    case "messages":
      return <Message event={event} {...long} />;
    case "models": {
      const usage = (data.usage ?? {}) as Partial<Record<"inputTokens" | "outputTokens", number>>;
      const cost = typeof data.costUsd === "number" ? data.costUsd : null;
      return (
        <p className="text-muted">
          {`${word("model")}: ${formatShort(usage.inputTokens ?? 0)} in, ${formatShort(usage.outputTokens ?? 0)} out, ${formatUsd(cost)}`}
          {typeof data.state === "string" && data.state !== "complete" && `, ${data.state}`}
        </p>
      );
    }
    case "status": {
      const { text, isWarning } = describeStatus(event);
      return <p className={`break-words ${isWarning ? "text-warn" : "text-muted"}`}>{text}</p>;
    }
  }
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <span className="label">{label}</span>
      {children}
    </>
  );
}

function Message({ event, ...long }: { event: OrchestratorEvent; isOpen: boolean; onToggle(): void }) {
  const { type, data } = event;
  const text = String((type === "agent.prompted" ? data.prompt : data.text) ?? "");
  const label =
    type === "agent.prompted"
      ? "is given"
      : type === "agent.messaged"
        ? `message${data.whenBusy === "steer" ? ", to join what it does" : ""}`
        : data.status === "failed"
          ? "did not answer"
          : `answers${data.steered === true ? ", with the turn that it joined" : ""}`;
  const error = data.error as { message?: string } | null | undefined;
  return (
    <div className="rounded-[5px] border-l-2 border-accent bg-accent-ground px-2.5 py-1.5">
      <Labelled label={label}>
        <LongText text={text} lines={8} {...long} />
        {error?.message && <p className="text-bad">{error.message}</p>}
      </Labelled>
    </div>
  );
}

/** Text as it stands, of which a few lines are shown until more is asked for. */
function LongText(props: { text: string; lines: number; className?: string; isOpen: boolean; onToggle(): void }) {
  const { text, lines, className = "", isOpen, onToggle } = props;
  const isLong = text.length > lines * 110 || text.split("\n", lines + 1).length > lines;
  return (
    <>
      <p
        className={`whitespace-pre-wrap break-words ${className}`}
        style={
          isLong && !isOpen
            ? { display: "-webkit-box", WebkitBoxOrient: "vertical", WebkitLineClamp: lines, overflow: "hidden" }
            : undefined
        }
      >
        {text}
      </p>
      {isLong && (
        <button type="button" className="link text-xs" aria-expanded={isOpen} onClick={onToggle}>
          {isOpen ? "less" : "all of it"}
        </button>
      )}
    </>
  );
}
