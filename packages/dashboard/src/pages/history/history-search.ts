import type { paths } from "../../api/schema.d.ts";
import type { TaskStatus } from "../../api/types.ts";
import { TASK_STATUSES } from "../../format/statuses.ts";
import { TASK_TYPES, type TaskType } from "../../format/task-types.ts";

export const PAGE_SIZE = 50;

const SORTS = ["createdAt", "costUsd", "durationMs", "tokens"] as const;
export type Sort = (typeof SORTS)[number];

/** What the address of the history says: which tasks, in what order, which page of them. What is missing is not asked. */
export interface HistorySearch {
  /** Statuses with commas. */
  status?: string;
  taskType?: TaskType;
  directory?: string;
  search?: string;
  /** The first day, `2026-11-23`, in the reader's time zone. */
  since?: string;
  /** The last day, which belongs to the range. */
  until?: string;
  minCostUsd?: number;
  maxCostUsd?: number;
  rehearsal?: "only" | "none";
  sort?: Sort;
  order?: "asc";
  /** From 2; the first has no number. */
  page?: number;
}

/** Reads the address of the history. Whatever in it cannot be used is as if it were not there. */
export function parseHistorySearch(search: Record<string, unknown>): HistorySearch {
  const found: HistorySearch = {};
  const statuses = parseStatuses(search.status);
  if (statuses.length > 0) found.status = statuses.join(",");
  const taskType = TASK_TYPES.find((each) => each === search.taskType);
  if (taskType) found.taskType = taskType;
  for (const key of ["directory", "search"] as const) {
    const text = toText(search[key]);
    if (text) found[key] = text;
  }
  for (const key of ["since", "until"] as const) {
    const day = toText(search[key]);
    if (isDay(day)) found[key] = day;
  }
  for (const key of ["minCostUsd", "maxCostUsd"] as const) {
    const amount = toText(search[key]) === "" ? Number.NaN : Number(search[key]);
    if (Number.isFinite(amount) && amount >= 0) found[key] = amount;
  }
  if (search.rehearsal === "only" || search.rehearsal === "none") found.rehearsal = search.rehearsal;
  const sort = SORTS.find((each) => each === search.sort);
  if (sort && sort !== "createdAt") found.sort = sort;
  if (search.order === "asc") found.order = "asc";
  const page = Number(search.page);
  if (Number.isInteger(page) && page > 1) found.page = page;
  return found;
}

/** The statuses of an address, each once, in their own order. */
export function parseStatuses(status: unknown): TaskStatus[] {
  const given = new Set(toText(status).split(","));
  return TASK_STATUSES.filter((each) => given.has(each));
}

type TaskQuery = NonNullable<paths["/api/v1/tasks"]["get"]["parameters"]["query"]>;

/** What the server is asked for. */
export function toTaskQuery(search: HistorySearch): TaskQuery {
  const { since, until, rehearsal, sort = "createdAt", order = "desc", page = 1, ...same } = search;
  return {
    ...same,
    ...(since === undefined ? {} : { since: dayStart(since, 0) }),
    // The server's range ends before its end: the last day is in it to its last moment.
    ...(until === undefined ? {} : { until: dayStart(until, 1) }),
    ...(rehearsal === undefined ? {} : { rehearsal: rehearsal === "only" ? "true" : "false" }),
    sort,
    order,
    limit: PAGE_SIZE,
    offset: (page - 1) * PAGE_SIZE,
  };
}

/** The same order the other way round; another column begins with its greatest. */
export function sortBy(search: HistorySearch, sort: Sort): HistorySearch {
  const { sort: before = "createdAt", order, page: _page, ...rest } = search;
  const isTurned = before === sort && order !== "asc";
  return parseHistorySearch({ ...rest, sort, order: isTurned ? "asc" : undefined });
}

/** The same tasks in the same order, on another page. */
export function toPage({ page: _page, ...rest }: HistorySearch, page: number): HistorySearch {
  return page > 1 ? { ...rest, page } : rest;
}

/** How many filters are set; the order and the page are none. */
export function countFilters({ sort: _sort, order: _order, page: _page, ...filters }: HistorySearch): number {
  return Object.keys(filters).length;
}

function toText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** The beginning of a day, or of one after it, in the reader's time zone. */
function dayStart(day: string, daysLater: number): string {
  const start = new Date(`${day}T00:00:00`);
  start.setDate(start.getDate() + daysLater);
  return start.toISOString();
}
