import "react-diff-view/style/index.css";
import "./diff-view.css";
import { useMemo, useState } from "react";
import { Diff, type FileData, Hunk, parseDiff } from "react-diff-view";
import { Button } from "../../components/button.tsx";

/** Files with more changed lines are folded at first. */
const FOLDED_LINES = 400;
/** So many files are open at first. */
const OPEN_FILES = 12;

function nameOf(file: FileData): string {
  if (file.type === "delete") return file.oldPath;
  return file.type === "rename" ? `${file.oldPath} → ${file.newPath}` : file.newPath;
}

function countLines(file: FileData): { added: number; removed: number } {
  const changes = file.hunks.flatMap((hunk) => hunk.changes);
  const count = (type: "insert" | "delete") => changes.filter((change) => change.type === type).length;
  return { added: count("insert"), removed: count("delete") };
}

/** A patch, file by file. */
export function DiffView({ patch }: { patch: string }) {
  const files = useMemo(() => parseDiff(patch), [patch]);
  const [isSplit, setSplit] = useState(false);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="hidden lg:block">
        <Button aria-pressed={isSplit} onClick={() => setSplit(!isSplit)}>
          {isSplit ? "One beneath the other" : "Side by side"}
        </Button>
      </div>
      {files.map((file, index) => (
        <FileDiff key={`${file.oldPath} ${file.newPath}`} file={file} isSplit={isSplit} isFirst={index < OPEN_FILES} />
      ))}
    </div>
  );
}

function FileDiff({ file, isSplit, isFirst }: { file: FileData; isSplit: boolean; isFirst: boolean }) {
  const { added, removed } = useMemo(() => countLines(file), [file]);
  const [isOpen, setOpen] = useState(isFirst && added + removed <= FOLDED_LINES);
  return (
    <details
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="panel min-w-0 overflow-hidden"
    >
      <summary className="flex cursor-pointer flex-wrap items-baseline gap-x-3 bg-sunken px-3 py-1.5">
        <span className="mono min-w-0 break-all font-semibold">{nameOf(file)}</span>
        <span className="mono text-good">+{added}</span>
        <span className="mono text-bad">{`\u2212${removed}`}</span>
        {file.type !== "modify" && <span className="text-muted">{file.type}</span>}
      </summary>
      {isOpen &&
        (file.hunks.length === 0 ? (
          <p className="px-3 py-2 text-muted">No lines to show: it is empty or not text.</p>
        ) : (
          <section
            aria-label={`Diff of ${nameOf(file)}`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
            tabIndex={0}
            className="max-h-[70dvh] overflow-auto"
          >
            <Diff viewType={isSplit ? "split" : "unified"} diffType={file.type} hunks={file.hunks} className="text-xs">
              {(hunks) => hunks.map((hunk) => <Hunk key={hunk.content} hunk={hunk} />)}
            </Diff>
          </section>
        ))}
    </details>
  );
}
