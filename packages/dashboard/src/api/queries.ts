import { keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import { answered, api } from "./client.ts";
import { Problem } from "./problem.ts";
import type { paths } from "./schema.d.ts";

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
  queryFn: ({ signal }) => answered(api.GET("/api/v1/session", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const fleetQuery = queryOptions({
  queryKey: ["fleet"],
  queryFn: ({ signal }) => answered(api.GET("/api/v1/fleet", { signal })),
});

export const taskQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["task", taskId],
    queryFn: async ({ signal }) =>
      (await answered(api.GET("/api/v1/tasks/{taskId}", { params: { path: { taskId } }, signal }))).task,
  });

export const timingQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["timing", taskId],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/v1/tasks/{taskId}/timing", { params: { path: { taskId } }, signal })),
  });

export const diffQuery = (taskId: string, stepKey: string | undefined) =>
  queryOptions({
    queryKey: ["diff", taskId, stepKey ?? null],
    queryFn: ({ signal }) => {
      const query = stepKey === undefined ? {} : { stepKey };
      return answered(api.GET("/api/v1/tasks/{taskId}/diff", { params: { path: { taskId }, query }, signal }));
    },
  });

export const agentQuery = (agentId: string) =>
  queryOptions({
    queryKey: ["agent", agentId],
    queryFn: ({ signal }) => answered(api.GET("/api/v1/agents/{agentId}", { params: { path: { agentId } }, signal })),
  });

type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Query } } } ? Query : never;

export const tasksQuery = (query: NonNullable<QueryOf<"/api/v1/tasks">>) =>
  queryOptions({
    queryKey: ["tasks", query],
    queryFn: ({ signal }) => answered(api.GET("/api/v1/tasks", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });

export const agentsQuery = (query: NonNullable<QueryOf<"/api/v1/agents">>) =>
  queryOptions({
    queryKey: ["agents", query],
    queryFn: ({ signal }) => answered(api.GET("/api/v1/agents", { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
