import type { FileChange } from "../api/types.ts";
import { formatNumber } from "../format/amounts.ts";

const SIGNS = { created: "A", modified: "M", deleted: "D", renamed: "R" } as const;
const TONES = { created: "text-good", modified: "text-text", deleted: "text-bad", renamed: "text-accent" } as const;

function Lines({ change: { linesAdded, linesRemoved } }: { change: FileChange }) {
  if (linesAdded === null || linesRemoved === null) return <span className="text-muted">not text</span>;
  return (
    <>
      <span className="text-good">+{formatNumber(linesAdded)}</span>{" "}
      <span className="text-bad">{`\u2212${formatNumber(linesRemoved)}`}</span>
    </>
  );
}

/** What was changed, file by file. */
export function ChangedFiles({ changes }: { changes: readonly FileChange[] }) {
  if (changes.length === 0) return <p className="text-muted">None.</p>;
  return (
    <ul className="flex flex-col">
      {changes.map((change) => (
        <li key={change.path} className="flex items-baseline gap-2">
          <span className={`mono w-3 shrink-0 ${TONES[change.kind]}`} title={change.kind} aria-hidden="true">
            {SIGNS[change.kind]}
          </span>
          <span className="sr-only">{change.kind}</span>
          <span className="mono min-w-0 flex-1 break-all">
            {change.previousPath && `${change.previousPath} → `}
            {change.path}
          </span>
          <span className="mono shrink-0">
            <Lines change={change} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Files that were read; long lists are folded. */
export function ConsumedFiles({ paths }: { paths: readonly string[] }) {
  if (paths.length === 0) return <p className="text-muted">None.</p>;
  const list = (
    <ul className="mono flex flex-col">
      {paths.map((path) => (
        <li key={path} className="break-all">
          {path}
        </li>
      ))}
    </ul>
  );
  if (paths.length <= 12) return list;
  return (
    <details>
      <summary className="cursor-pointer">{formatNumber(paths.length)} files</summary>
      {list}
    </details>
  );
}
