import { useQuery } from "@tanstack/react-query";
import { CornerLeftUp, Folder, FolderGit2 } from "lucide-react";
import { useState } from "react";
import { directoriesQuery } from "../api/catalogue.ts";
import { toProblem } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { useDebounced } from "./debounced.ts";
import { Field, type FieldProblem } from "./form.tsx";
import { Modal } from "./modal.tsx";
import { ErrorState, Loading } from "./states.tsx";

const REST_MS = 350;
const NO_REPOSITORY = "Not a git repository: agents work in the directory itself.";

/** A directory that the server may work in: typed, or found by looking around. */
export function DirectoryField({
  label,
  value,
  recent = [],
  problem,
  repositoryHint = "A git repository: agents work in a worktree, on a branch of the task's own.",
  onChange,
}: {
  label: string;
  value: string;
  /** Directories that were used before. */
  recent?: readonly string[];
  problem?: FieldProblem | null | undefined;
  /** What it means that the directory is a repository. */
  repositoryHint?: string;
  onChange(path: string): void;
}) {
  const [isBrowsing, setBrowsing] = useState(false);
  const path = useDebounced(value.trim(), REST_MS);
  const found = useQuery(directoriesQuery(path || undefined));
  const refusal = found.isError && path !== "" ? toProblem(found.error) : null;
  const others = recent.filter((each) => each !== value).slice(0, 5);
  return (
    <>
      <Field
        label={label}
        problem={problem ?? refusal}
        hint={found.data && path !== "" ? (found.data.isRepository ? repositoryHint : NO_REPOSITORY) : undefined}
      >
        {(control) => (
          <div className="flex gap-2">
            <input
              className="field mono"
              {...control}
              value={value}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => onChange(event.target.value)}
            />
            <Button onClick={() => setBrowsing(true)} aria-haspopup="dialog">
              Browse
            </Button>
          </div>
        )}
      </Field>
      {others.length > 0 && (
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <span className="label">Recent</span>
          {others.map((each) => (
            <button
              key={each}
              type="button"
              className="link mono max-w-full truncate !text-xs"
              onClick={() => onChange(each)}
            >
              {each}
            </button>
          ))}
        </div>
      )}
      <Modal isOpen={isBrowsing} onClose={() => setBrowsing(false)} title="Choose a directory">
        <Browser
          start={found.data?.path}
          onChoose={(chosen) => {
            onChange(chosen);
            setBrowsing(false);
          }}
        />
      </Modal>
    </>
  );
}

const ENTRY = "flex w-full items-center gap-2 rounded-sm px-2 py-1.5 text-left hover:bg-accent-ground";

function Browser({ start, onChoose }: { start: string | undefined; onChoose(path: string): void }) {
  const [path, setPath] = useState(start);
  const listing = useQuery(directoriesQuery(path));
  if (listing.isError) return <ErrorState error={listing.error} onRetry={() => setPath(undefined)} />;
  if (!listing.data) return <Loading what="the directory" />;
  const { path: here, parent, roots, isRepository, entries } = listing.data;
  const otherRoots = roots.filter((root) => root !== here && root !== parent);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 flex-1 basis-48 break-all" role="status">
          <span className="mono">{here}</span>
          {isRepository && <span className="label"> git repository</span>}
        </p>
        <Button look="primary" onClick={() => onChoose(here)}>
          Use this one
        </Button>
      </div>
      <ul aria-label="Directories" className="min-h-40">
        {parent !== null && (
          <li>
            <button type="button" className={ENTRY} onClick={() => setPath(parent)}>
              <CornerLeftUp aria-hidden="true" className="size-4 text-muted" /> Up
            </button>
          </li>
        )}
        {entries.map((entry) => (
          <li key={entry.path}>
            <button type="button" className={ENTRY} onClick={() => setPath(entry.path)}>
              {entry.isRepository ? (
                <FolderGit2 aria-hidden="true" className="size-4 shrink-0 text-accent" />
              ) : (
                <Folder aria-hidden="true" className="size-4 shrink-0 text-muted" />
              )}
              <span className="min-w-0 flex-1 truncate">{entry.name}</span>
              {entry.isRepository && <span className="label">git</span>}
            </button>
          </li>
        ))}
        {entries.length === 0 && <li className="px-2 py-1.5 text-muted">No directory in it.</li>}
      </ul>
      {otherRoots.length > 0 && (
        <div className="border-t border-line pt-2">
          <p className="label mb-1">This server may work below</p>
          <ul>
            {otherRoots.map((root) => (
              <li key={root}>
                <button type="button" className={`${ENTRY} mono`} onClick={() => setPath(root)}>
                  <span className="min-w-0 truncate">{root}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
