import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useId, useState } from "react";
import { Button } from "../../components/button.tsx";
import { useDebounced } from "../../components/debounced.ts";
import { StatusMark } from "../../components/status.tsx";
import { TASK_LOOKS, TASK_STATUSES } from "../../format/statuses.ts";
import { TASK_TYPES, toWords } from "../../format/task-types.ts";
import { countFilters, type HistorySearch, parseHistorySearch, parseStatuses } from "./history-search.ts";

const SEARCH_REST_MS = 300;

/** The fields of an address that a filter sets; `undefined` takes it away. */
type Change = { [Key in keyof HistorySearch]?: HistorySearch[Key] | undefined };

/** Which tasks are shown. Every choice is in the address at once. */
export function Filters({ search, directories }: { search: HistorySearch; directories: readonly string[] }) {
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(() => countFilters({ ...search, search: "" }) > 1);
  const panelId = useId();
  const count = countFilters(search);
  // What is typed is one step back, however many letters it has.
  const go = (change: Change, replace = false) =>
    void navigate({ to: "/history", search: parseHistorySearch({ ...search, page: undefined, ...change }), replace });
  const statuses = parseStatuses(search.status);
  const toggle = (status: (typeof TASK_STATUSES)[number]) => {
    const next = statuses.includes(status) ? statuses.filter((each) => each !== status) : [...statuses, status];
    go({ status: next.join(",") });
  };
  return (
    <search aria-label="Tasks" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          value={search.search ?? ""}
          onChange={(text) => go({ search: text }, search.search !== undefined)}
        />
        <Button aria-expanded={isOpen} aria-controls={panelId} onClick={() => setOpen(!isOpen)}>
          Filters{count > 0 && ` (${count})`}
        </Button>
        {count > 0 && (
          <Button look="quiet" onClick={() => void navigate({ to: "/history", search: {} })}>
            Clear
          </Button>
        )}
      </div>
      <div id={panelId} hidden={!isOpen} className="panel flex flex-col gap-3 px-4 py-3">
        <fieldset className="min-w-0">
          <legend className="label mb-1">Status</legend>
          <div className="flex flex-wrap gap-1.5">
            {TASK_STATUSES.map((status) => {
              const { word, shape, tone, meaning } = TASK_LOOKS[status];
              const isOn = statuses.includes(status);
              return (
                <button
                  key={status}
                  type="button"
                  aria-pressed={isOn}
                  title={meaning}
                  onClick={() => toggle(status)}
                  className={`inline-flex min-h-7 items-center gap-1.5 rounded-[5px] border px-2 ${isOn ? "border-accent bg-accent-ground font-semibold" : "border-line hover:bg-sunken"}`}
                >
                  <StatusMark shape={shape} tone={tone} />
                  {word}
                </button>
              );
            })}
          </div>
        </fieldset>
        <div className="grid grid-cols-2 gap-3 md:grid-cols-4 xl:grid-cols-7">
          <Labelled label="Task type">
            {(id) => (
              <select
                id={id}
                className="field"
                value={search.taskType ?? ""}
                onChange={(event) => go({ taskType: TASK_TYPES.find((each) => each === event.target.value) })}
              >
                <option value="">any</option>
                {TASK_TYPES.filter((each) => each !== "auto").map((each) => (
                  <option key={each} value={each}>
                    {toWords(each)}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          <Labelled label="Directory">
            {(id) => (
              <select
                id={id}
                className="field"
                value={search.directory ?? ""}
                onChange={(event) => go({ directory: event.target.value })}
              >
                <option value="">any</option>
                {[...new Set([...(search.directory ? [search.directory] : []), ...directories])].map((each) => (
                  <option key={each} value={each}>
                    {each}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          <Labelled label="From">
            {(id) => (
              <input
                id={id}
                type="date"
                className="field"
                value={search.since ?? ""}
                max={search.until}
                onChange={(event) => go({ since: event.target.value })}
              />
            )}
          </Labelled>
          <Labelled label="To">
            {(id) => (
              <input
                id={id}
                type="date"
                className="field"
                value={search.until ?? ""}
                min={search.since}
                onChange={(event) => go({ until: event.target.value })}
              />
            )}
          </Labelled>
          <AmountField
            label="Cost at least, USD"
            value={search.minCostUsd}
            onChange={(minCostUsd) => go({ minCostUsd }, search.minCostUsd !== undefined)}
          />
          <AmountField
            label="Cost at most, USD"
            value={search.maxCostUsd}
            onChange={(maxCostUsd) => go({ maxCostUsd }, search.maxCostUsd !== undefined)}
          />
          <Labelled label="Rehearsals">
            {(id) => (
              <select
                id={id}
                className="field"
                value={search.rehearsal ?? ""}
                onChange={(event) =>
                  go({ rehearsal: (["only", "none"] as const).find((each) => each === event.target.value) })
                }
              >
                <option value="">with them</option>
                <option value="none">without them</option>
                <option value="only">only them</option>
              </select>
            )}
          </Labelled>
        </div>
      </div>
    </search>
  );
}

function Labelled({ label, children }: { label: string; children(id: string): ReactNode }) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="label">
        {label}
      </label>
      {children(id)}
    </div>
  );
}

/** Follows the address, and changes it once the typing rests. */
function useRestingText(value: string, onChange: (text: string) => void) {
  const [text, setText] = useState(value);
  const rested = useDebounced(text, SEARCH_REST_MS);
  const [told, setTold] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== told) {
      // The address has changed by another way, such as the back button.
      setTold(value);
      setText(value);
    }
  }
  useEffect(() => {
    if (rested !== text || rested.trim() === told) return;
    setTold(rested.trim());
    onChange(rested.trim());
  });
  return [text, setText] as const;
}

function SearchField({ value, onChange }: { value: string; onChange(text: string): void }) {
  const [text, setText] = useRestingText(value, onChange);
  return (
    <input
      type="search"
      data-search
      aria-label="Search prompt, output, error or id"
      aria-keyshortcuts="/"
      className="field min-w-0 flex-1 basis-40 sm:max-w-md"
      placeholder="Words in prompt, output, error or id"
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}

function AmountField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number | undefined;
  onChange(amount: number | undefined): void;
}) {
  const [text, setText] = useRestingText(value === undefined ? "" : String(value), (given) =>
    onChange(given === "" ? undefined : Number(given)),
  );
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          type="number"
          min={0}
          step="any"
          className="field"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </Labelled>
  );
}
