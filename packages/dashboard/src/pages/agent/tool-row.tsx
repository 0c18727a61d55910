import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../../api/client.ts";
import type { OrchestratorEvent } from "../../api/types.ts";
import { AnsiText } from "../../components/ansi-text.tsx";
import { Modal } from "../../components/modal.tsx";
import { ScrollPane } from "../../components/scroll-pane.tsx";
import { ErrorState, Loading } from "../../components/states.tsx";
import { StatusMark } from "../../components/status.tsx";
import { formatNumber } from "../../format/amounts.ts";
import { formatDuration } from "../../format/moments.ts";

const SHOWN_LINES = 6;
const OPEN_LINES = 40;
/** More of a result at once would hold up the page. */
const PART_CHARACTERS = 60_000;

interface ToolRowProps {
  start: OrchestratorEvent | null;
  end: OrchestratorEvent | null;
  isOpen: boolean;
  onToggle(): void;
}

/** A call of a tool and its result, of which a few lines are shown; the whole of it on demand. */
export function ToolRow({ start, end, isOpen, onToggle }: ToolRowProps) {
  const [isWhole, setWhole] = useState(false);
  const any = start ?? end;
  if (!any) return null;
  const name = String(any.data.name ?? "");
  const input = start ? String(start.data.input ?? "") : "";
  const excerpt = end ? String(end.data.excerpt ?? "").trimEnd() : "";
  const lines = excerpt.split("\n");
  const shown = lines.slice(0, isOpen ? OPEN_LINES : SHOWN_LINES).join("\n");
  const isFailed = end?.data.isError === true;
  const tookMs = start && end ? Date.parse(end.time) - Date.parse(start.time) : null;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="flex min-w-0 items-baseline gap-2">
        <StatusMark
          shape={end ? (isFailed ? "cross" : "check") : "arc"}
          tone={end ? (isFailed ? "bad" : "good") : "active"}
          className="translate-y-0.5"
        />
        <span className="sr-only">{end ? (isFailed ? "failed" : "done") : "runs"}</span>
        <span className="font-semibold">{name}</span>
        <code className="mono min-w-0 flex-1 truncate" title={input}>
          {input}
        </code>
        {tookMs !== null && <span className="label shrink-0">{formatDuration(tookMs)}</span>}
      </p>
      {excerpt !== "" && (
        <pre
          className={`mono overflow-hidden whitespace-pre-wrap break-words border-l-2 pl-2.5 text-xs ${isFailed ? "border-bad" : "border-line"}`}
        >
          <AnsiText text={shown} />
        </pre>
      )}
      <p className="flex gap-4 text-xs">
        {lines.length > SHOWN_LINES && (
          <button type="button" className="link" aria-expanded={isOpen} onClick={onToggle}>
            {isOpen ? "less" : `${formatNumber(lines.length - SHOWN_LINES)} more lines`}
          </button>
        )}
        {end && (
          <button type="button" className="link" onClick={() => setWhole(true)}>
            whole call
          </button>
        )}
      </p>
      {isWhole && any.agentId && (
        <Modal isOpen onClose={() => setWhole(false)} title={name} isWide>
          <WholeCall agentId={any.agentId} toolUseId={String(any.data.toolUseId)} />
        </Modal>
      )}
    </div>
  );
}

function WholeCall({ agentId, toolUseId }: { agentId: string; toolUseId: string }) {
  const [parts, setParts] = useState(1);
  const call = useQuery({
    queryKey: ["tool-call", agentId, toolUseId],
    queryFn: ({ signal }) => {
      const params = { path: { agentId, toolUseId } };
      return answered(api.GET("/api/v1/agents/{agentId}/tools/{toolUseId}", { params, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (call.isError) return <ErrorState error={call.error} onRetry={() => void call.refetch()} />;
  if (!call.data) return <Loading what="the call" />;
  const { input, result } = call.data;
  const shownCharacters = Math.min(result.length, parts * PART_CHARACTERS);
  return (
    <div className="flex flex-col gap-3">
      <div>
        <h3 className="label mb-1">Input</h3>
        <ScrollPane label="Input">{typeof input === "string" ? input : JSON.stringify(input, null, 2)}</ScrollPane>
      </div>
      <div>
        <h3 className="label mb-1">{`Result, ${formatNumber(result.length)} characters`}</h3>
        <ScrollPane label="Result">
          <AnsiText text={result.slice(0, shownCharacters) || "(empty)"} />
        </ScrollPane>
        {shownCharacters < result.length && (
          <button type="button" className="link mt-1" onClick={() => setParts(parts + 1)}>
            {`Show more of it (${formatNumber(result.length - shownCharacters)} characters are left)`}
          </button>
        )}
      </div>
    </div>
  );
}
