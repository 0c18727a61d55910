import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answeredText, api } from "../../api/client.ts";
import { AnsiText } from "../../components/ansi-text.tsx";
import { Button } from "../../components/button.tsx";
import { Modal } from "../../components/modal.tsx";
import { ScrollPane } from "../../components/scroll-pane.tsx";
import { ErrorState, Loading } from "../../components/states.tsx";
import { formatBytes } from "../../format/amounts.ts";

const FILES = ["prompt.txt", "text.txt", "tools.jsonl", "summary.json"] as const;
type LogFile = (typeof FILES)[number];
/** More at once would hold up the page. */
const PAGE_BYTES = 65_536;

/** The agent's own log files, as they lie on the disk of the server. */
export function RawLogs({ agentId }: { agentId: string }) {
  const [open, setOpen] = useState<LogFile | null>(null);
  return (
    <>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {FILES.map((file) => (
          <button key={file} type="button" className="link mono" onClick={() => setOpen(file)}>
            {file}
          </button>
        ))}
      </div>
      <Modal isOpen={open !== null} onClose={() => setOpen(null)} title={open ?? "Log"} isWide>
        {open && <LogText key={open} agentId={agentId} file={open} />}
      </Modal>
    </>
  );
}

function LogText({ agentId, file }: { agentId: string; file: LogFile }) {
  const log = useInfiniteQuery({
    queryKey: ["log", agentId, file],
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { agentId, file }, query: { offset: pageParam, limit: PAGE_BYTES } };
      return answeredText(api.GET("/api/v1/agents/{agentId}/logs/{file}", { params, parseAs: "text", signal }));
    },
    initialPageParam: 0,
    getNextPageParam: ({ totalBytes }, _, offset) =>
      totalBytes !== null && offset + PAGE_BYTES < totalBytes ? offset + PAGE_BYTES : undefined,
    gcTime: 0,
  });
  if (log.isError) return <ErrorState error={log.error} onRetry={() => void log.refetch()} />;
  if (!log.data) return <Loading what={file} />;
  const { pages } = log.data;
  const totalBytes = pages[0]?.totalBytes ?? null;
  return (
    <div className="flex flex-col gap-2">
      <p className="label">
        {totalBytes !== null && `${formatBytes(totalBytes)} in all. `}
        <a href={`/api/v1/agents/${agentId}/logs/${file}`} target="_blank" rel="noopener noreferrer" className="link">
          Open it by itself
        </a>
      </p>
      <ScrollPane label={file}>
        {totalBytes === 0
          ? "It is empty."
          : pages.map((page, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: pages are only ever added at the end.
              <AnsiText key={index} text={page.text} />
            ))}
      </ScrollPane>
      {log.hasNextPage && (
        <Button disabled={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}
