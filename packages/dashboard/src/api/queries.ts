import { keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import { Problem } from "./problem.ts";
import { readJson } from "./request.ts";
import type {
  AgentDetails,
  AgentItem,
  FileChange,
  Fleet,
  Session,
  TaskDetails,
  TaskItem,
  TimingSpan,
} from "./types.ts";

/** Answers stay until an event says that they have changed; only a failed connection is tried again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && error instanceof Problem && error.code === "unreachable",
      },
    },
  });
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => readJson<Session>("/session", { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const fleetQuery = queryOptions({
  queryKey: ["fleet"],
  queryFn: ({ signal }) => readJson<Fleet>("/fleet", { signal }),
});

export const taskQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["task", taskId],
    queryFn: async ({ signal }) => (await readJson<{ task: TaskDetails }>(`/tasks/${taskId}`, { signal })).task,
  });

export const timingQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["timing", taskId],
    queryFn: async ({ signal }) =>
      (await readJson<{ spans: TimingSpan[] }>(`/tasks/${taskId}/timing`, { signal })).spans,
  });

export const diffQuery = (taskId: string, stepKey: string | undefined) =>
  queryOptions({
    queryKey: ["diff", taskId, stepKey ?? null],
    queryFn: ({ signal }) =>
      readJson<{ changes: FileChange[]; patch: string }>(`/tasks/${taskId}/diff`, { query: { stepKey }, signal }),
  });

export interface AgentAnswer {
  agent: AgentDetails;
  files: { consumed: string[]; produced: FileChange[] };
}

export const agentQuery = (agentId: string) =>
  queryOptions({
    queryKey: ["agent", agentId],
    queryFn: ({ signal }) => readJson<AgentAnswer>(`/agents/${agentId}`, { signal }),
  });

export const tasksQuery = (query: Record<string, string | number | boolean | undefined>) =>
  queryOptions({
    queryKey: ["tasks", query],
    queryFn: ({ signal }) => readJson<{ items: TaskItem[]; total: number }>("/tasks", { query, signal }),
    placeholderData: keepPreviousData,
  });

export const agentsQuery = (query: Record<string, string | number | boolean | undefined>) =>
  queryOptions({
    queryKey: ["agents", query],
    queryFn: ({ signal }) => readJson<{ items: AgentItem[] }>("/agents", { query, signal }),
    placeholderData: keepPreviousData,
  });
